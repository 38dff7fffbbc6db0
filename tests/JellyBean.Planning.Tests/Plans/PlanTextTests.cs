using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Spares;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Plans;

public sealed class PlanTextTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char[" abcz-/%=é\t\n"], 1, 8];
    private static readonly Gen<double> Number = Gen.OneOf(Gen.Double[0, 1], Gen.Double[1e-12, 1e12], Gen.Const(0.0));

    private static readonly Gen<Placement> Placement =
        from op in Name
        from variant in Gen.Null(Name)
        from batch in Gen.Int[1, 64]
        from instances in Gen.Select(Name, Gen.Int[1, 8], Number, (w, p, s) => new Instance { Worker = new WorkerId(w), Parallelism = p, Share = s }).Array[0, 3]
        select new Placement { Operator = new OperatorId(op), Variant = variant, BatchSize = batch, Instances = [.. instances] };

    private static readonly Gen<PlannedRoute> Route =
        from names in Name.Array[4]
        from index in Gen.Int[0, 2]
        from rate in Number
        from bytes in Number
        select new PlannedRoute { From = new(names[0]), To = new(names[1]), InputIndex = index, FromWorker = new(names[2]), ToWorker = new(names[3]), Rate = rate, BytesPerSecond = bytes };

    private static readonly Gen<OutputPrediction> Output =
        from name in Name
        from rate in Number
        from p99 in Number
        from metric in Gen.Null(Name)
        from accuracy in Number
        select new OutputPrediction { Output = new(name), Rate = rate, P99Ms = p99, MostP99Ms = metric is null ? p99 : null, Metric = metric, Accuracy = metric is null ? null : accuracy };

    private static readonly Gen<LadderRung> Rung =
        from capacity in Number
        from ways in Gen.Select(Name, Name, Gen.Int[1, 64], (o, v, b) => new RungWay(new(o), v, b)).Array[0, 3]
        from accuracies in Gen.Select(Name, Name, Number, (o, m, a) => new RungAccuracy(new(o), m, a)).Array[0, 2]
        select new LadderRung { Capacity = capacity, Cores = capacity / 7, Ways = [.. ways], Accuracies = [.. accuracies] };

    private static readonly Gen<PlannedSource> Source = Gen.Select(Name, Name, Number, (s, w, r) => new PlannedSource { Source = new(s), Input = new(w), Worker = new(w), Rate = r });

    private static readonly Gen<Fallback> Fallback =
        from without in Name
        from sources in Source.Array[0, 2]
        from placements in Placement.Array[0, 3]
        from routes in Route.Array[0, 3]
        select new Fallback { Without = new(without), Sources = [.. sources], Placements = [.. placements], Routes = [.. routes] };

    private static readonly Gen<Plan> Plan =
        from name in Name
        from epoch in Gen.Long[0, long.MaxValue]
        from compute in Number
        from sources in Source.Array[0, 3]
        from placements in Placement.Array[0, 4]
        from routes in Route.Array[0, 4]
        from outputs in Output.Array[0, 2]
        from ladder in Rung.Array[0, 3]
        from standby in Name.Array[0, 2]
        from fallbacks in Fallback.Array[0, 2]
        from workers in Gen.Select(Name, Number, Gen.Long[0, long.MaxValue], (w, u, m) => new WorkerPrediction { Worker = new(w), Utilisation = u, MemoryBytes = m }).Array[0, 3]
        select new Plan
        {
            Workflow = name,
            WorkflowFingerprint = "f",
            Epoch = epoch,
            Cost = new PlanCost { ComputePerHour = compute, NetworkPerHour = compute / 3 },
            Sources = [.. sources],
            Placements = [.. placements],
            Routes = [.. routes],
            Outputs = [.. outputs],
            Workers = [.. workers],
            Ladder = [.. ladder],
            Standby = [.. standby.Select(w => new WorkerId(w))],
            Fallbacks = [.. fallbacks],
        };

    [Fact]
    public void PlanText_any_plan_reads_back_as_the_same() =>
        Plan.Sample(plan => Assert.Equal(plan, PlanText.Parse(PlanText.Write(plan))));

    [Fact]
    public void PlanText_shows_what_runs_where()
    {
        var text = PlanText.Write(HandPlan.Plan);

        Assert.Contains("operator detector variant=small batch=4\n  on cloud-1 parallelism=1 share=0.5\n  on edge parallelism=1 share=0.5\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no line that begins with 'plan'")]
    [InlineData("plan a version=2 fingerprint=f epoch=0", "Line 1 of the plan has version=2; expected: 1")]
    [InlineData("plan a version=1 fingerprint=f epoch=0\ncost USD compute-per-hour=NaN owned-per-hour=0 network-per-hour=0", "Line 2 of the plan has compute-per-hour=NaN; expected: a finite number")]
    [InlineData("on edge parallelism=1 share=1", "Line 1 of the plan begins with 'on'")]
    [InlineData("route a to", "Line 1 of the plan has 'to'; expected: key=value")]
    [InlineData("operator a%00", "four hexadecimal digits")]
    public void PlanText_damaged_text_names_line_and_fault(string text, string expected)
    {
        var fault = Assert.Throws<FormatException>(() => PlanText.Parse(text));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }
}
