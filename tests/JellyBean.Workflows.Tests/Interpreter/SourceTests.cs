using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Workflows.Tests.Interpreter;

public class SourceTests
{
    [Fact]
    public void A_bad_element_takes_a_number_counts_as_failed_and_makes_nothing_late()
    {
        var run = Readings.Test(f => f.Select(r => r.Key))
            .Feed(0, "a", 1).FeedBad(Readings.Input, TimeSpan.FromDays(9), "torn frame").Feed(1, "b", 2).Run();

        Assert.Equal(["in/default#0 @ 0 = a", "in/default#2 @ 1 = b"], run.Lines());
        var counts = Assert.Single(run.Sources);
        Assert.Equal((3, 3, 1, 0), (counts.Offered, counts.Settled, counts.Failed, counts.Late));
        Assert.Equal(1, run.FailedAt(new OperatorId("in")));
        Assert.Equal("torn frame", run.Failures[0].Cause);
    }

    [Fact]
    public void Failures_are_counted_once_per_source_element()
    {
        var run = Readings.Test(f => f.SelectMany(r => Enumerable.Range(0, r.Number), "split").Select(n => 1 / n, "divide").Select(n => $"{n}")
                .Merge("both", f.Select(r => r.Number == 2 ? throw new InvalidOperationException("two") : r.Key, "other")))
            .Feed(0, "a", 2, "north").Feed(0, "a", 1, "south").Feed(1, "a", 0, "south").Run();

        Assert.Equal([("in/north", 1L), ("in/south", 1L)], run.Sources.Select(s => (s.Source.Value, s.Failed)));
        Assert.Equal(3, run.Failures.Length);
        Assert.Equal(2, run.Failed);
    }

    [Fact]
    public void Feed_to_an_input_that_is_not_there_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Readings.Test(f => f.Select(r => r.Key)).Feed(new Input<int>("in"), TimeSpan.Zero, 1));

        Assert.Contains("has no input 'in' of System.Int32; it has 'in' of", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeedAll_reads_a_source_to_its_end_Async()
    {
        await using var source = new Countdown("steps", 3);
        var test = Readings.Test(f => f.Select(r => $"{r.Number}")).FeedAll(Readings.Input, source).Feed(0, "a", 7);

        var run = await test.RunAsync();

        Assert.Equal(["in/default#0 @ 0 = 7", "in/steps#0 @ 3 = 3", "in/steps#2 @ 1 = 1"], run.Lines());
        Assert.Equal([("in/default", 1L, 0L, 0L), ("in/steps", 3L, 1L, 1L)], run.Sources.Select(s => (s.Source.Value, s.Offered, s.Failed, s.Late)));
        Assert.Throws<InvalidOperationException>(test.Run);
        Assert.Throws<ArgumentException>(() => test.Feed(0, "a", 1, "steps"));
        Assert.Throws<ArgumentException>(() => test.FeedAll(Readings.Input, source));
    }

    [Fact]
    public void A_run_without_elements_has_no_results()
    {
        var run = Readings.Test(f => f.KeyBy(r => r.Key).Process("process", Readings.Seen, (_, r) => new[] { r.Key })).Run();

        Assert.Empty(run.Lines());
        Assert.Empty(run.Sources);
    }

    /// <summary>Counts down; the second element is bad.</summary>
    private sealed class Countdown(string name, int from) : ISource<Reading>
    {
        public string Name => name;

        public bool IsReplayable => true;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<Reading>> ReadAsync(long start, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = from - (int)start; i > 0; i--)
            {
                await Task.Yield();
                var at = DateTimeOffset.UnixEpoch.AddSeconds(i);
                yield return i == from - 1 ? SourceItem<Reading>.Bad("torn", at) : new SourceItem<Reading>(new Reading("a", i), at);
            }
        }

        public ValueTask DisposeAsync() => default;
    }
}
