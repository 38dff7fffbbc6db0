using CsCheck;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Cameras;

public sealed class PromisedPictureTests
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void InOrder_frames_that_are_decoded_before_they_are_shown_come_when_they_are_shown()
    {
        var times = Times(PromisedPicture.InOrder([(Ms(80), Ms(0)), (Ms(200), Ms(40)), (Ms(120), Ms(80)), (Ms(160), Ms(120))], FrameTime));

        Assert.Equal([0, 40, 80, 120], times);
    }

    [Fact]
    public void InOrder_where_decoding_times_are_not_told_it_is_one_recording() =>
        Assert.Equal([0, 40, 120], Times(PromisedPicture.InOrder([(Ms(0), null), (Ms(120), null), (Ms(40), Ms(40))], FrameTime)));

    [Fact]
    public void InOrder_a_pause_stays_one() =>
        Assert.Equal([0, 3_600_000], Times(PromisedPicture.InOrder([(Ms(0), Ms(0)), (Ms(3_600_000), Ms(3_600_000))], FrameTime)));

    [Fact]
    public void InOrder_a_stamp_with_a_wrong_bit_moves_nothing_behind_it()
    {
        var wrong = Ms(((1L << 32) / 90) + 80);

        Assert.Equal([0, 40, 80, 120, 160], Times(PromisedPicture.InOrder([.. new[] { Ms(0), Ms(40), wrong, Ms(120), Ms(160) }.Select(t => (t, (TimeSpan?)t))], FrameTime)));
    }

    [Fact]
    public void Any_recordings_one_behind_the_other_keep_their_rhythm_each_and_follow_by_a_frame() =>
        Gen.Select(Gen.Int[0, 1_000_000_000], Gen.Int[1, 5_000].Array[0, 30]).Array[1, 5].Sample(recordings =>
        {
            List<(TimeSpan, TimeSpan?)> packets = [];
            List<TimeSpan> expected = [];
            TimeSpan? last = null;
            foreach (var (begin, steps) in recordings)
            {
                // Each begins well before the one in front of it has ended.
                var stamp = last is { } before ? before - TimeSpan.FromSeconds(1) - Ms(begin) : Ms(begin);
                expected.Add(expected.Count == 0 ? TimeSpan.Zero : expected[^1] + FrameTime);
                packets.Add((stamp, stamp));
                foreach (var step in steps)
                {
                    stamp += Ms(step);
                    packets.Add((stamp, stamp));
                    expected.Add(expected[^1] + Ms(step));
                }

                last = stamp;
            }

            Assert.Equal(expected, PromisedPicture.InOrder(packets, FrameTime).Select(p => p.Time));
        });

    private static IEnumerable<double> Times(IEnumerable<PromisedPicture> pictures) => pictures.Select(p => p.Time.TotalMilliseconds);

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);
}
