using System.Runtime.CompilerServices;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows.Inputs;
using Microsoft.Extensions.Time.Testing;

namespace JellyBean.Hosting.Tests.Configuration;

public sealed class LiveRateTests
{
    [Fact]
    public async Task Rate_is_that_of_the_elements_own_times_without_the_heap_at_the_beginning()
    {
        // Four that were held back, then five a second.
        var times = Enumerable.Range(0, 4).Select(i => 0.001 * i).Concat(Enumerable.Range(1, 100).Select(i => 0.2 * i));

        var rate = await LiveRate.MeasureAsync(new Live(times, null), TimeProvider.System, CancellationToken.None);

        Assert.Equal(5, rate!.Value, 0.3);
    }

    [Fact]
    public async Task Source_that_gives_nothing_is_told_with_what_is_wrong_with_it()
    {
        var clock = new FakeTimeProvider();
        var measuring = LiveRate.MeasureAsync(new Live([], new SourceHealth { Condition = SourceCondition.Refused, Trouble = "the credentials were refused" }), clock, CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(21));

        var error = await Assert.ThrowsAsync<SourceException>(() => measuring);
        Assert.Contains("'gate' has given nothing within 20 s: the credentials were refused", error.Message, StringComparison.Ordinal);
    }

    private sealed class Live(IEnumerable<double> seconds, SourceHealth? health) : ISource<string>
    {
        public string Name => "gate";

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public SourceHealth? Health => health;

        public async IAsyncEnumerable<SourceItem<string>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var second in seconds)
            {
                yield return new SourceItem<string>("x", DateTimeOffset.UnixEpoch.AddSeconds(second));
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
