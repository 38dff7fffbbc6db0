using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.CommandLine;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

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
    public void First_plan_takes_its_time_is_told_once_and_that_of_a_moment_is_not()
    {
        var progress = Progress();
        var planning = Status(term: 1, epoch: 0, TimeSpan.Zero) with { Phase = "planning", RunId = "run", Fragments = [] };

        progress.Report(planning);
        progress.Report(planning);
        var atFirst = Lines(_error);
        for (var second = 0; second < 10; second++)
        {
            progress.Report(planning);
        }

        Assert.Empty(atFirst);
        Assert.StartsWith("Node 'boss' makes a plan.", Assert.Single(Lines(_error)), StringComparison.Ordinal);
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

    [Fact]
    public void Plan_is_measured_from_when_all_its_nodes_have_reported_what_there_was_before()
    {
        var progress = Progress();

        progress.Report(At(epoch: 1, 5, Read("gate", 200), Written(("gate", 100))));
        var first = progress.Begin?.Elapsed;
        progress.Report(At(epoch: 2, 1, Written()));
        progress.Report(At(epoch: 2, 2, Read("gate", 300)));
        var none = progress.Begin;
        progress.Report(At(epoch: 2, 3, Read("gate", 400), Written(("gate", 400))));
        progress.Report(At(epoch: 2, 4, Read("gate", 500), Written(("gate", 450))));

        Assert.Equal((TimeSpan.FromSeconds(5), null, TimeSpan.FromSeconds(3)), (first, none, progress.Begin?.Elapsed));
    }

    [Fact]
    public void Plans_change_totals_do_not_vanish_and_what_is_not_known_is_not_told()
    {
        var progress = Progress();

        progress.Report(At(epoch: 1, 5, Read("gate", 200), Written(("gate", 100))));
        progress.Report(At(epoch: 2, 5, Written()));
        progress.Report(At(epoch: 2, 10, Read("gate", 300)));
        progress.Report(At(epoch: 2, 15, Read("gate", 400), Written(("gate", 400))));
        progress.Report(At(epoch: 2, 20, Read("gate", 500), Written(("gate", 450))));
        progress.Report(At(epoch: 3, 5, Read("gate", 400), Written(("gate", 300))));
        progress.Report(At(epoch: 3, 10, Read("gate", 400), Written(("gate", 350))));

        Assert.Equal(
            [
                "    5 s  100 frames processed, 20.0 per second, 0 dropped, 0 failed, p50 7 ms, p99 9 ms",
                "    5 s  100 frames processed, - per second, 0 dropped, 0 failed, p50 -, p99 -",
                "   10 s  100 frames processed, - per second, 0 dropped, 0 failed, p50 -, p99 -",
                "   15 s  400 frames processed, - per second, 0 dropped, 0 failed, p50 -, p99 -",
                "   20 s  450 frames processed, 10.0 per second, 0 dropped, 0 failed, p50 7 ms, p99 9 ms",
                "    5 s  300 frames processed, - per second, 0 dropped, 0 failed, p50 -, p99 -",
                "   10 s  350 frames processed, 10.0 per second, 0 dropped, 0 failed, p50 7 ms, p99 9 ms",
            ],
            Lines(_output));
    }

    [Fact]
    public void Run_goes_on_from_a_snapshot_what_is_read_again_is_told_once()
    {
        var progress = Progress();

        progress.Report(At(epoch: 1, 5, Read("gate", 500), Written(("gate", 450))));
        progress.Report(At(epoch: 2, 1, Read("gate", 520, earlier: 510), Written(("gate", 510))));
        progress.Report(At(epoch: 3, 1, Read("gate", 310, earlier: 300), Written(("gate", 300))));
        progress.Report(At(epoch: 3, 2, Read("gate", 330, earlier: 300), Written(("gate", 320))));

        Assert.Equal(["Goes on from the last snapshot: 220 frames that had been read are read again, and count once."], Lines(_error));
    }

    [Fact]
    public void Source_is_removed_the_others_have_a_rate_again()
    {
        var progress = Progress();

        progress.Report(At(epoch: 1, 5, Read("gate", 100), Read("yard", 50), Written(("gate", 100), ("yard", 50))));
        foreach (var (seconds, processed) in new[] { (5, 150L), (10, 300L), (15, 350L) })
        {
            progress.Report(At(epoch: 2, seconds, Read("gate", processed), Written(("gate", processed))));
        }

        Assert.Equal(
            ["150 frames processed, 30.0 per second", "200 frames processed, - per second", "300 frames processed, - per second", "350 frames processed, 10.0 per second"],
            Lines(_output).Select(line => line[9..line.IndexOf(", 0 dropped", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Another_coordinator_counts_time_anew_under_the_same_plan_rates_are_none_at_first()
    {
        var progress = Progress();

        progress.Report(At(epoch: 1, 600, Read("gate", 6000), Written(("gate", 6000))));
        progress.Report(At(epoch: 1, 5, Read("gate", 6100), Written(("gate", 6100))));
        progress.Report(At(epoch: 1, 10, Read("gate", 6200), Written(("gate", 6200))));

        Assert.Equal(["10.0", "-", "20.0"], Lines(_output).Select(line => line.Split("processed, ")[1].Split(' ')[0]));
    }

    [Fact]
    public void Nothing_has_come_out_yet_no_latency_is_told()
    {
        var progress = Progress();

        progress.Report(At(epoch: 1, 5, Read("gate", 100), Written()));

        Assert.Equal(["    5 s  0 frames processed, 0.0 per second, 0 dropped, 0 failed, p50 -, p99 -"], Lines(_output));
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

    private static ClusterStatus At(long epoch, int seconds, params FragmentReport[] parts) =>
        Status(term: 1, epoch, TimeSpan.FromSeconds(seconds)) with { Fragments = [.. parts.Select(part => part with { Epoch = epoch })] };

    private static FragmentReport Read(string source, long offered, long earlier = 0) =>
        new(0, new WorkerId($"edge-{source}"), [new SourceReport(SourceId.Of("cameras", source), offered, 0, false, null, 0, 0) { Earlier = earlier }], [], [], [], FailureReport.None);

    private static FragmentReport Written(params (string Source, long Settled)[] settled) => new(
        0,
        new WorkerId("cloud-1"),
        [],
        [],
        [],
        [
            new OutputReport(
                new OperatorId("tracks"),
                settled.Sum(s => s.Settled),
                0,
                settled.Length == 0 ? Distribution.Empty : new Distribution(1, 7, 7, 8, 9, 9),
                [.. settled.Select(s => new SettledSource(SourceId.Of("cameras", s.Source), s.Settled - 1))]),
        ],
        FailureReport.None);

    private ClusterProgress Progress() => new(new Terminal(_output, _error, IsInteractive: false), _output, "frames");
}
