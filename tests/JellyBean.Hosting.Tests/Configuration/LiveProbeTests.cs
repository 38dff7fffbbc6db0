using System.Runtime.CompilerServices;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows.Inputs;
using Microsoft.Extensions.Time.Testing;

namespace JellyBean.Hosting.Tests.Configuration;

public sealed class LiveProbeTests
{
    private static readonly SourceHealth Refused = new() { Condition = SourceCondition.Refused, Trouble = "the credentials were refused" };

    private readonly Heard _progress = new();

    [Fact]
    public async Task Rate_is_that_of_the_elements_own_times_without_the_heap_at_the_beginning()
    {
        // Four that were held back, then five a second.
        var times = Enumerable.Range(0, 4).Select(i => 0.001 * i).Concat(Enumerable.Range(1, 100).Select(i => 0.2 * i));

        var rate = await new LiveProbe(TimeProvider.System, _progress).RateAsync(new Live(times, null), CancellationToken.None);

        Assert.Equal(5, rate!.Value, 0.3);
    }

    [Fact]
    public async Task Source_that_gives_nothing_is_told_with_what_is_wrong_with_it()
    {
        var clock = new FakeTimeProvider();
        var measuring = new LiveProbe(clock, _progress).RateAsync(new Live([], Refused), CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(21));

        var error = await Assert.ThrowsAsync<SourceException>(() => measuring);
        Assert.Contains("'gate' has given nothing within 20 s: the credentials were refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_that_gives_nothing_is_said_to_be_waited_for_long_before_it_is_given_up()
    {
        var clock = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        var waiting = new LiveProbe(clock, _progress).AwaitAsync(new Live([], Refused), stop.Token);

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["waiting for source 'gate', which has given nothing yet: the credentials were refused. It is tried again for 20 s in all"], _progress.Lines);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Source_that_gives_something_is_not_waited_for()
    {
        var clock = new FakeTimeProvider();

        await new LiveProbe(clock, _progress).AwaitAsync(new Live([0], null), CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_progress.Lines);
    }

    private sealed class Heard : IProgress<string>
    {
        public List<string> Lines { get; } = [];

        public void Report(string value) => Lines.Add(value);
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
