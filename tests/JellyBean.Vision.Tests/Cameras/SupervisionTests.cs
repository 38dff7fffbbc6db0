using CsCheck;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class SupervisionTests
{
    private static readonly SupervisionOptions Options = new();

    [Fact]
    public void Patience_before_the_first_frame_is_that_of_connecting_then_that_of_the_rhythm()
    {
        var supervision = New();
        supervision.Begin();
        var connecting = supervision.Patience;
        Flow(supervision, every: 0.5, frames: 20);

        Assert.Equal(Options.FirstFrame, connecting);
        Assert.Equal(TimeSpan.FromSeconds(5), supervision.Patience);
        Assert.Equal(SourceCondition.Flowing, supervision.Condition);
    }

    [Fact]
    public void Patience_of_a_fast_camera_is_no_less_than_the_least() => Assert.Equal(Options.LeastStall, Flowing(every: 0.04).Patience);

    [Fact]
    public void Patience_of_a_slow_camera_is_no_more_than_connecting_takes() => Assert.Equal(Options.FirstFrame, Flowing(every: 4).Patience);

    [Fact]
    public void Patience_is_what_the_user_says()
    {
        var supervision = new Supervision(Options with { StallAfter = TimeSpan.FromSeconds(7) }, () => 0);
        supervision.Begin();
        Flow(supervision, every: 0.04, frames: 20);

        Assert.Equal(TimeSpan.FromSeconds(7), supervision.Patience);
    }

    [Fact]
    public void Silence_of_a_flowing_camera_is_a_stall_and_of_a_connecting_one_is_not()
    {
        var connecting = New();
        connecting.Begin();
        connecting.Silent("it gave no reason");
        var flowing = Flowing(every: 0.2);
        flowing.Silent("it gave no reason");

        Assert.Equal((SourceCondition.Unreachable, 0), (connecting.Condition, connecting.Stalls));
        Assert.Equal((SourceCondition.Stalled, 1), (flowing.Condition, flowing.Stalls));
        Assert.Equal("no frame for 2 s", flowing.Trouble);
    }

    [Fact]
    public void Waits_double_to_a_limit_and_it_never_gives_up()
    {
        var supervision = New();
        var waits = Enumerable.Range(0, 2000).Select(_ =>
        {
            supervision.Begin();
            return supervision.Ended("Connection refused");
        }).ToList();

        Assert.Equal([100, 200, 400, 800, 1000, 1000], waits.Take(6).Select(w => w.TotalMilliseconds));
        Assert.All(waits.Skip(6), w => Assert.Equal(Options.MostWait, w));
        Assert.Equal(2000, supervision.Connects);
        Assert.Equal(SourceCondition.Unreachable, supervision.Condition);
    }

    [Fact]
    public void Waits_begin_anew_after_steady_frames_but_not_after_one()
    {
        var supervision = New();
        for (var i = 0; i < 8; i++)
        {
            supervision.Begin();
            supervision.Frame(TimeSpan.FromSeconds(i));
            supervision.Ended("it fell over");
        }

        supervision.Begin();
        Flow(supervision, every: 0.2, frames: 1, from: 100);
        var unsteady = supervision.Ended("it fell over");
        supervision.Begin();
        Flow(supervision, every: 0.2, frames: 20, from: 200);
        var steady = supervision.Ended("it fell over");

        Assert.Equal((Options.MostWait, Options.FirstWait), (unsteady, steady));
    }

    [Theory]
    [InlineData("method DESCRIBE failed: 401 Unauthorized", true)]
    [InlineData("Server returned 403 Forbidden (access denied)", true)]
    [InlineData("rtmp: authorization failed", true)]
    [InlineData("[rtsp] method DESCRIBE failed: 401 Nope", true)]
    [InlineData("[tcp] Connection to tcp://127.0.0.1:40123 failed: Connection refused", false)]
    [InlineData("rtsp://10.0.0.1:401/live: Connection timed out", false)]
    [InlineData("Decoding packet 403 went wrong", false)]
    [InlineData("Connection refused", false)]
    [InlineData("Server returned 404 Not Found", false)]
    [InlineData("Connection timed out", false)]
    public void Refused_credentials_are_told_apart_and_tried_rarely(string said, bool isRefusal)
    {
        var supervision = New();
        supervision.Begin();
        var wait = supervision.Ended(said);

        Assert.Equal(isRefusal ? SourceCondition.Refused : SourceCondition.Unreachable, supervision.Condition);
        Assert.Equal(isRefusal ? Options.RefusedWait : Options.FirstWait, wait);
    }

    [Fact]
    public void Ended_because_the_decoder_does_not_know_the_protocol_says_what_to_look_at()
    {
        var supervision = New();
        supervision.Begin();
        supervision.Ended("srt://host:9000: Protocol not found");

        Assert.Equal(SourceCondition.Unreachable, supervision.Condition);
        Assert.Contains("'ffmpeg -protocols' lists what it can", supervision.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void Trouble_stays_known_when_frames_come_again()
    {
        var supervision = Flowing(every: 0.2);
        supervision.Ended("reset by peer");
        supervision.Begin();
        Flow(supervision, every: 0.2, frames: 1, from: 50);

        Assert.Equal(SourceCondition.Flowing, supervision.Condition);
        Assert.Equal("it was lost; reset by peer", supervision.Trouble);
    }

    [Fact]
    public void Any_history_waits_are_within_bounds_and_patience_is_positive() =>
        Gen.Select(Gen.Int[0, 3], Gen.Double[0, 20], Gen.Double[0, 0.999]).Array[1, 100].Sample(events =>
        {
            var chance = 0.0;
            var supervision = new Supervision(Options, () => chance);
            var now = TimeSpan.Zero;
            supervision.Begin();
            foreach (var (what, after, luck) in events)
            {
                chance = luck;
                now += TimeSpan.FromSeconds(after);
                if (what >= 2)
                {
                    supervision.Frame(now);
                }
                else
                {
                    var wait = what == 0 ? supervision.Silent("") : supervision.Ended("");
                    Assert.InRange(wait, Options.FirstWait * (1 - Options.Jitter), Options.MostWait);
                    supervision.Begin();
                }

                Assert.InRange(supervision.Patience, Options.LeastStall, Options.FirstFrame);
            }
        });

    private static Supervision New() => new(Options, () => 0);

    private static Supervision Flowing(double every)
    {
        var supervision = New();
        supervision.Begin();
        Flow(supervision, every, frames: 50);
        return supervision;
    }

    private static void Flow(Supervision supervision, double every, int frames, double from = 0)
    {
        for (var i = 0; i < frames; i++)
        {
            supervision.Frame(TimeSpan.FromSeconds(from + (every * i)));
        }
    }
}
