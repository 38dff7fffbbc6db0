using CsCheck;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class CaptureClockTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TimeOf_keeps_the_cameras_rhythm_through_jitter_of_arrival()
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        var delays = new[] { 0, 80, 30, 140, 0, 60 };

        var times = delays.Select((delay, i) => clock.TimeOf(Ms(5000 + (200 * i)), Begin + Ms((200 * i) + delay))).ToList();

        Assert.Equal(Enumerable.Range(0, 6).Select(i => Begin + Ms(200 * i)), times);
        Assert.Equal(0, clock.Repaired);
    }

    [Fact]
    public void TimeOf_first_frames_that_were_held_back_do_not_count_as_the_measure()
    {
        // Connecting held four frames, which then come at once.
        var clock = new CaptureClock(TimeSpan.Zero);
        DateTimeOffset time = default;
        for (var i = 0; i < 4; i++)
        {
            time = clock.TimeOf(Ms(200 * i), Begin + Ms(600));
        }

        Assert.Equal(Begin + Ms(800), clock.TimeOf(Ms(800), Begin + Ms(800)));
        Assert.True(time <= Begin + Ms(610));
    }

    [Fact]
    public void TimeOf_missing_time_is_made_up_from_the_rhythm_and_counted()
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        for (var i = 0; i < 100; i++)
        {
            clock.TimeOf(Ms(200 * i), Begin + Ms(200 * i));
        }

        var made = clock.TimeOf(null, Begin + Ms(20_000));

        Assert.InRange((made - Begin).TotalMilliseconds, 19_990, 20_010);
        Assert.Equal(1, clock.Repaired);
    }

    [Theory]
    [InlineData(-95_443_717)] // 33 bits of 90 kHz
    [InlineData(-30_000)]
    [InlineData(-3_000)]
    [InlineData(86_400_000)]
    public void TimeOf_wrapped_or_set_clock_is_tied_anew_and_counted_once(int jump)
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        List<DateTimeOffset> times = [];
        for (var i = 0; i < 20; i++)
        {
            times.Add(clock.TimeOf(Ms((200 * i) + (i < 10 ? 0 : jump)), Begin + Ms(200 * i)));
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => Begin + Ms(200 * i)), times);
        Assert.Equal(1, clock.Repaired);
    }

    [Fact]
    public void TimeOf_pause_of_a_camera_is_no_repair()
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        clock.TimeOf(Ms(0), Begin);

        Assert.Equal(Begin + Ms(60_000), clock.TimeOf(Ms(60_000), Begin + Ms(60_000)));
        Assert.Equal(0, clock.Repaired);
    }

    [Theory]
    [InlineData(1.0002)]
    [InlineData(0.9998)]
    public void TimeOf_clock_that_runs_wrong_is_followed(double speed)
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        var worst = 0.0;
        for (var i = 0; i < 6 * 3600 * 5; i++)
        {
            var now = Begin + Ms(200 * i);
            worst = Math.Max(worst, Math.Abs((clock.TimeOf(TimeSpan.FromSeconds(i * 0.2 * speed), now) - now).TotalMilliseconds));
        }

        Assert.InRange(worst, 0, 30);
    }

    [Fact]
    public void TimeOf_times_that_pass_too_slowly_by_far_are_given_up_and_counted()
    {
        // As of pictures without times, which are taken to come 25 times a second.
        var clock = new CaptureClock(TimeSpan.Zero);
        var lags = Enumerable.Range(0, 5 * 300).Select(i => (Begin + Ms(200 * i) - clock.TimeOf(Ms(40 * i), Begin + Ms(200 * i))).TotalSeconds).ToList();

        Assert.InRange(lags.Max(), 5, 150);
        Assert.InRange(clock.Repaired, 1, 5);
        Assert.True(lags[^1] < 150);
    }

    [Fact]
    public void TimeOf_adds_the_cameras_offset() =>
        Assert.Equal(Begin - Ms(300), new CaptureClock(Ms(-300)).TimeOf(Ms(0), Begin));

    [Fact]
    public void TimeOf_camera_that_tells_when_a_frame_was_taken_is_believed_and_its_clock_followed()
    {
        // All come 1.5 s late, in threes; its clock runs wrong.
        const double Speed = 1.0002;
        var clock = new CaptureClock(TimeSpan.Zero);
        clock.Tell(Ms(7000), Begin, Begin + Ms(1500 + 400));
        var worst = 0.0;
        for (var i = 0; i < 3600 * 5; i++)
        {
            var taken = Begin + Ms(200 * i);
            var arrived = taken + Ms(1500 + (200 * (2 - (i % 3))));
            worst = Math.Max(worst, Math.Abs((clock.TimeOf(Ms(7000 + (200 * i * Speed)), arrived) - taken).TotalMilliseconds));
        }

        Assert.True(clock.IsTold);
        Assert.InRange(worst, 0, 50);
        Assert.Equal(0, clock.Repaired);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-61_000)]
    public void Tell_what_cannot_be_is_not_believed(int lateMs)
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        clock.Tell(Ms(0), Begin + Ms(lateMs), Begin);

        Assert.Equal(Begin, clock.TimeOf(Ms(0), Begin));
        Assert.False(clock.IsTold);
    }

    [Fact]
    public void TimeOf_camera_that_had_told_and_whose_times_jump_is_as_late_as_before()
    {
        var clock = new CaptureClock(TimeSpan.Zero);
        clock.Tell(Ms(0), Begin, Begin + Ms(1200));
        var times = Enumerable.Range(0, 1000).Select(i => clock.TimeOf(Ms((200 * i) + (i < 500 ? 0 : 86_400_000)), Begin + Ms((200 * i) + 1200))).ToList();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => Begin + Ms(200 * i)), times);
        Assert.True(clock.IsTold);
        Assert.Equal(1, clock.Repaired);
        clock.Restart();
        Assert.False(clock.IsTold);
    }

    [Fact]
    public void TimeOf_rises_whatever_a_camera_says() =>
        Gen.Select(Gen.Nullable(Gen.Int[-100_000, 100_000]), Gen.Int[0, 500], Gen.Int[0, 20]).Array[1, 200].Sample(steps =>
        {
            var clock = new CaptureClock(TimeSpan.Zero);
            var (now, last) = (Begin, DateTimeOffset.MinValue);
            foreach (var (shown, wait, chance) in steps)
            {
                if (chance == 0)
                {
                    clock.Restart();
                }

                now += Ms(wait);
                if (chance == 1)
                {
                    clock.Tell(Ms(shown ?? 0), now - Ms((shown ?? 0) / 4), now);
                }

                var time = clock.TimeOf(shown is { } ms ? Ms(ms) : null, now);

                Assert.True(time > last);
                Assert.True(time <= now + Ms(steps.Length), "A frame cannot have been taken after it came.");
                last = time;
            }
        });

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);
}
