using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Replanning;

public sealed class MeasuredAgeTests
{
    private static readonly WorkerId Edge = new("edge-1");
    private static readonly WorkerId Cloud = new("cloud-1");

    // Two outputs: alarms in 200 ms, counts in 2 s; both behind the detector, counts behind the tracker alone.
    private static readonly Plan Plan = new()
    {
        Workflow = "w",
        WorkflowFingerprint = "f",
        Sources = [],
        Placements = [],
        Routes = [Route("detector", "alarms", Edge), Route("detector", "tracker", Cloud), Route("tracker", "counts", Cloud)],
        Outputs = [Output("alarms", 200), Output("counts", 2000), Output("all", null)],
        Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
    };

    [Fact]
    public void Nothing_waits_nothing_is_old() => Assert.Null(MeasuredAge.Worst(Plan, [Stage("detector", 0)], []));

    [Fact]
    public void Nothing_is_asked_for_nothing_is_old() =>
        Assert.Null(MeasuredAge.Worst(Plan with { Outputs = [Output("counts", null)] }, [Stage("detector", 900)], []));

    [Fact]
    public void What_counts_is_the_tightest_objective_of_the_outputs_behind_it()
    {
        Assert.Equal(("detector on edge-1", "alarms", 0.5), Told(MeasuredAge.Worst(Plan, [Stage("detector", 100)], [])));
        Assert.Equal(("tracker on edge-1", "counts", 0.6), Told(MeasuredAge.Worst(Plan, [Stage("detector", 100), Stage("tracker", 1200)], [])));
    }

    [Fact]
    public void What_has_no_room_on_a_link_counts_for_what_is_behind_the_link() =>
        Assert.Equal(("the line from edge-1 to cloud-1 (detector to tracker)", "counts", 0.25), Told(MeasuredAge.Worst(Plan, [], [Hop(500)])));

    private static (string Place, string Output, double Share) Told(MeasuredAge? age) => (age!.Place, age.Output.Value, Math.Round(age.Share, 9));

    private static MeasuredStage Stage(string op, double ageMs) => new(new OperatorId(op), Edge, 0, 0) { Oldest = TimeSpan.FromMilliseconds(ageMs) };

    private static MeasuredHop Hop(double ageMs) => new(new OperatorId("detector"), new OperatorId("tracker"), Edge, Cloud, 0, false) { Oldest = TimeSpan.FromMilliseconds(ageMs) };

    private static OutputPrediction Output(string output, double? mostMs) => new() { Output = new OperatorId(output), Rate = 1, P99Ms = 1, MostP99Ms = mostMs };

    private static PlannedRoute Route(string from, string to, WorkerId toWorker) =>
        new() { From = new OperatorId(from), To = new OperatorId(to), FromWorker = Edge, ToWorker = toWorker, Rate = 1, BytesPerSecond = 1 };
}
