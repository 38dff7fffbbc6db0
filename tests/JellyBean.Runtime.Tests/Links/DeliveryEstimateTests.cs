using CsCheck;
using JellyBean.Runtime.Links;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>What acknowledgements tell of lines in virtual time.</summary>
public sealed class DeliveryEstimateTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    private static readonly Gen<ModelLine> Lines = Gen.Select(Gen.Double[5, 8], Gen.Double[0.0001, 0.3], Gen.Int[1_000, 100_000], (power, roundTrip, frame) => new ModelLine
    {
        BytesPerSecond = Math.Pow(10, power),
        RoundTrip = TimeSpan.FromSeconds(roundTrip),
        FrameBytes = frame,
    });

    [Fact]
    public void Link_that_is_full_all_the_time_tells_what_it_can() => Lines.Sample(
        line =>
        {
            var estimate = Sent(line with { Window = (4 * Empty(line)) + (4 * line.FrameBytes) });

            Assert.True(estimate.IsFull);
            Assert.InRange(estimate.Capacity!.Value, 0.95 * line.BytesPerSecond, 1.05 * line.BytesPerSecond);
        },
        seed: "36G_Bpr00LG1",
        iter: 1000,
        threads: 1);

    [Fact]
    public void Link_whose_sender_pauses_is_not_full_and_what_it_could_carry_is_not_known() => Gen.Select(Lines, Gen.Double[0.05, 0.7], Gen.Int[1, 10]).Where((line, _, burst) => burst * line.FrameBytes < 0.5 * line.BytesPerSecond).Sample(
        (line, part, burst) =>
        {
            var estimate = Sent(line with { Offered = part * line.BytesPerSecond, Burst = burst });

            Assert.False(estimate.IsFull);
            Assert.Null(estimate.Capacity);
        },
        seed: "36G_Bpr00LG1",
        iter: 1000,
        threads: 1);

    [Fact]
    public void Link_that_is_held_back_by_its_window_is_not_full() => Gen.Select(Lines, Gen.Double[0.2, 0.9]).Where((line, _) => 0.2 * Empty(line) > 2 * line.FrameBytes).Sample(
        (line, part) =>
        {
            var estimate = Sent(line with { Window = part * line.BytesPerSecond * line.RoundTrip.TotalSeconds });

            Assert.Null(estimate.Capacity);
        },
        seed: "36G_Bpr00LG1",
        iter: 500,
        threads: 1);

    [Fact]
    public void Line_that_became_slower_is_known_as_slow_after_some_seconds_and_as_fast_again_at_once()
    {
        var fast = new ModelLine { BytesPerSecond = 1e7, RoundTrip = TimeSpan.FromMilliseconds(20), Window = 4 << 20 };
        var slow = fast with { BytesPerSecond = 1e6 };
        var estimate = Connected(fast);

        var delivered = fast.Send(estimate, TimeSpan.Zero, Length, 0);
        var (first, from) = (estimate.Capacity, Length);
        delivered = slow.Send(estimate, from, Length, delivered);
        var second = estimate.Capacity;
        fast.Send(estimate, from + Length, Length, delivered);

        Assert.InRange(first!.Value, 0.95e7, 1.05e7);
        Assert.InRange(second!.Value, 0.95e6, 1.05e6);
        Assert.InRange(estimate.Capacity!.Value, 0.95e7, 1.05e7);
    }

    [Fact]
    public void More_than_was_known_is_delivered_without_being_full_it_can_be_delivered()
    {
        var slow = new ModelLine { BytesPerSecond = 1e6, RoundTrip = TimeSpan.FromMilliseconds(20), Window = 4 << 20 };
        var estimate = Connected(slow);

        var delivered = slow.Send(estimate, TimeSpan.Zero, Length, 0);
        (slow with { BytesPerSecond = 1e8, Offered = 3e6 }).Send(estimate, Length, Length, delivered);

        Assert.False(estimate.IsFull);
        Assert.InRange(estimate.Capacity!.Value, 2.8e6, 3.2e6);
    }

    [Fact]
    public void Nothing_is_sent_any_more_the_rate_falls_to_nothing()
    {
        var line = new ModelLine { BytesPerSecond = 1e6, RoundTrip = TimeSpan.FromMilliseconds(20), Offered = 1e5 };
        var estimate = Sent(line);
        var before = estimate.BytesPerSecond;

        estimate.Tick(Length + TimeSpan.FromSeconds(5), onTheWay: 0);
        estimate.Tick(Length + TimeSpan.FromSeconds(10), onTheWay: 0);

        Assert.InRange(before, 0.9e5, 1.1e5);
        Assert.Equal(0, estimate.BytesPerSecond);
    }

    [Fact]
    public void Watching_allocates_nothing()
    {
        var estimate = Connected(new ModelLine { BytesPerSecond = 1e6, RoundTrip = TimeSpan.FromMilliseconds(20) });
        Watch(estimate, 0, 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Watch(estimate, 1000, 100_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Watch(DeliveryEstimate estimate, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            estimate.Acknowledged(TimeSpan.FromMilliseconds(i), i * 1000L, 100_000);
            estimate.RoundTrip(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>What an empty line holds, acknowledgements that are kept back included.</summary>
    private static double Empty(ModelLine line) => line.BytesPerSecond * (line.RoundTrip + ModelLine.AckDelay).TotalSeconds;

    private static DeliveryEstimate Sent(ModelLine line)
    {
        var estimate = Connected(line);
        line.Send(estimate, TimeSpan.Zero, Length, 0);
        return estimate;
    }

    private static DeliveryEstimate Connected(ModelLine line)
    {
        var estimate = new DeliveryEstimate(ModelLine.AckDelay);
        estimate.Connected(TimeSpan.Zero, 0, line.RoundTrip);
        return estimate;
    }
}
