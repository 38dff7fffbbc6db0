using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests;

public sealed class SourceProgressTests
{
    private static readonly SourceId Camera = SourceId.Of("cameras", "north");

    [Fact]
    public void Element_that_failed_on_two_workers_counts_once()
    {
        var progress = Of(settled: 99, [new NumberRange(10, 19), new NumberRange(50, 50)], [new NumberRange(15, 24), new NumberRange(50, 50)]);

        Assert.Equal((16, 84), (progress.Failed, progress.Processed));
    }

    [Fact]
    public void Failure_ahead_of_the_frontier_takes_nothing_from_what_is_processed()
    {
        var progress = Of(settled: 14, [new NumberRange(10, 19)], []);

        Assert.Equal((10, 10), (progress.Failed, progress.Processed));
    }

    [Fact]
    public void Failures_that_are_not_listed_any_more_still_count()
    {
        var progress = Of(settled: 99, [new NumberRange(98, 98)], [], unlisted: 30);

        Assert.Equal((31, 69), (progress.Failed, progress.Processed));
    }

    [Fact]
    public void Latency_from_when_elements_were_taken_is_that_of_the_slowest_output()
    {
        OutputReport Output(string name, double p99) => new(new OperatorId(name), 1, 0, Distribution.Empty, [new SettledSource(Camera, 9) { TakenMs = new(10, 1, 1, 1, p99, p99) }]);
        var report = new FragmentReport(1, new WorkerId("a"), [new SourceReport(Camera, 10, 0, true, null, 0, 0)], [], [], [Output("fast", 20), Output("slow", 300), Output("middling", 100)], FailureReport.None);

        Assert.Equal(300, SourceProgress.Of([report]).Single().TakenMs.P99);
    }

    [Fact]
    public void Source_that_has_not_begun_at_its_new_place_has_processed_nothing_there()
    {
        // Its outputs know how far it was elsewhere; in which block its numbers are is known here once it begins.
        var report = new FragmentReport(12, new WorkerId("a"), [new SourceReport(Camera, 0, 0, false, null, 0, 0)], [], [],
            [new OutputReport(new OperatorId("out"), 0, 0, Distribution.Empty, [new SettledSource(Camera, 7_999_999_999_999)])], FailureReport.None);

        Assert.Equal(0, SourceProgress.Of([report]).Single().Processed);
    }

    [Fact]
    public void Source_that_was_removed_here_and_is_read_there_again_is_told_of_once()
    {
        FragmentReport Report(string worker, SourceReport source) => new(12, new WorkerId(worker), [source], [], [], [], FailureReport.None);
        var (removed, read) = (new SourceReport(Camera, 7, 0, true, null, 0, 0) { IsRemoved = true }, new SourceReport(Camera, 3, 0, false, null, 0, 0));

        Assert.Equal(read, SourceProgress.Of([Report("a", removed), Report("b", read)]).Single().Detail);
    }

    private static SourceProgress Of(long settled, ImmutableArray<NumberRange> here, ImmutableArray<NumberRange> there, long unlisted = 0)
    {
        FragmentReport Report(string worker, ImmutableArray<NumberRange> ranges, long more) => new(
            1, new WorkerId(worker), [], [], [], [], new FailureReport([new FailedElements(Camera, ranges.Sum(r => r.Count) + more, ranges)], [], 0));

        var first = Report("a", here, unlisted) with { Sources = [new SourceReport(Camera, 100, 0, true, null, 0, 0)] };
        var second = Report("b", there, 0) with { Outputs = [new OutputReport(new OperatorId("out"), 0, 0, Distribution.Empty, [new SettledSource(Camera, settled)])] };
        return SourceProgress.Of([first, second]).Single();
    }
}
