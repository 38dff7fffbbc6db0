using System.Runtime.CompilerServices;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Tests.Configuration;

public class PacedSourceTests
{
    [Fact]
    public async Task Source_gives_each_element_when_it_is_due()
    {
        var clock = new SteppedClock();
        await using var source = new PacedSource<string>(new Letters(), rate: 4, clock);
        var given = new List<(string, TimeSpan)>();

        await foreach (var item in source.ReadAsync(0, default))
        {
            given.Add((item.Value!, clock.Now));
        }

        Assert.Equal([("a", Ms(0)), ("b", Ms(250)), ("c", Ms(500))], given);
    }

    [Fact]
    public async Task Source_that_is_behind_catches_up_without_waiting()
    {
        var clock = new SteppedClock();
        await using var source = new PacedSource<string>(new Letters(), rate: 4, clock);
        var given = new List<TimeSpan>();

        await foreach (var _ in source.ReadAsync(0, default))
        {
            given.Add(clock.Now);
            if (given.Count == 1)
            {
                clock.Now = Ms(600);
            }
        }

        Assert.Equal([Ms(0), Ms(600), Ms(600)], given);
    }

    [Fact]
    public async Task Source_tells_for_how_long_the_next_element_has_been_due()
    {
        var clock = new SteppedClock();
        await using var source = new PacedSource<string>(new Letters(), rate: 4, clock);
        var before = source.Pace;
        var behind = new List<TimeSpan>();

        await foreach (var _ in source.ReadAsync(0, default))
        {
            behind.Add(source.Pace!.Value.Behind);
            clock.Now += Ms(400);
            behind.Add(source.Pace!.Value.Behind);
        }

        Assert.Equal(new SourcePace(4, TimeSpan.Zero), before);
        Assert.Equal([Ms(0), Ms(150), Ms(0), Ms(300), Ms(50), Ms(450)], behind);
    }

    [Fact]
    public async Task Source_that_takes_long_to_open_does_not_give_its_first_elements_all_at_once()
    {
        var clock = new SteppedClock();
        await using var source = new PacedSource<string>(new Letters(() => clock.Now = Ms(900)), rate: 4, clock);
        var given = new List<TimeSpan>();

        await foreach (var _ in source.ReadAsync(0, default))
        {
            given.Add(clock.Now);
        }

        Assert.Equal([Ms(900), Ms(1150), Ms(1400)], given);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private sealed class Letters(Action? opened = null) : ISource<string>
    {
        public string Name => "letters";

        public bool IsReplayable => true;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<string>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            opened?.Invoke();
            foreach (var letter in new[] { "a", "b", "c" })
            {
                await Task.Yield();
                yield return new SourceItem<string>(letter, DateTimeOffset.UnixEpoch);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Time goes on by what is waited for, and at once.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Now += dueTime;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
