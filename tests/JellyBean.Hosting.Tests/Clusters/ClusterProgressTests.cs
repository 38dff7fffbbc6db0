using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.CommandLine;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Tests.Clusters;

public sealed class ClusterProgressTests : IDisposable
{
    private const string Continued = "00:00:00.3 Another coordinator continues epoch 1.";

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void Two_coordinators_say_the_same_each_is_told_once()
    {
        var progress = Progress();

        foreach (var term in new[] { 2, 2, 3, 3 })
        {
            progress.Report(Status(term, epoch: 1, TimeSpan.FromSeconds(1)) with { History = [Continued] });
        }

        Assert.Equal([Continued, Continued], Lines(_error));
    }

    [Fact]
    public void Another_plan_begins_to_count_anew_figures_are_shown_as_often_as_before()
    {
        var progress = Progress();

        progress.Report(Status(term: 1, epoch: 1, TimeSpan.FromMinutes(10)));
        progress.Report(Status(term: 1, epoch: 2, TimeSpan.FromSeconds(1)));
        progress.Report(Status(term: 1, epoch: 2, TimeSpan.FromSeconds(6)));

        Assert.Collection(Lines(_output), line => Assert.StartsWith("  600 s", line, StringComparison.Ordinal), line => Assert.StartsWith("    6 s", line, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private static string[] Lines(StringWriter writer) => writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private static ClusterStatus Status(long term, long epoch, TimeSpan elapsed) => new()
    {
        Coordinator = new WorkerId("boss"),
        Term = term,
        Members = [],
        Phase = "running",
        Epoch = epoch,
        Elapsed = elapsed,
        Fragments = [new FragmentReport(epoch, new WorkerId("edge-1"), [], [], [], [], FailureReport.None)],
    };

    private ClusterProgress Progress() => new(new Terminal(_output, _error, IsInteractive: false), _output, "frames");
}
