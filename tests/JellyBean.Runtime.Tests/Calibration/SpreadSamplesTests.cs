using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Calibration;

public class SpreadSamplesTests
{
    [Theory]
    [InlineData(3, new[] { 0, 2 })]
    [InlineData(8, new[] { 0, 2, 4, 6 })]
    [InlineData(1000, new[] { 0, 256, 512, 768 })]
    public void Elements_are_spread_over_a_sequence_of_any_length(int length, int[] kept)
    {
        var spread = new SpreadSamples(Single(4, apart: 2));

        for (var i = 0; i < length; i++)
        {
            Offer(spread, i);
        }

        Assert.Equal(kept, spread.Take().Select(s => (int)s.Value));
    }

    [Fact]
    public void Elements_whatever_the_length_are_many_in_order_and_far_apart()
    {
        for (var length = 1; length < 600; length++)
        {
            var spread = new SpreadSamples(Single(5, apart: 3));
            for (var i = 0; i < length; i++)
            {
                Offer(spread, i);
            }

            var kept = spread.Take().ConvertAll(s => (int)s.Value);
            Assert.Equal(Math.Min(5, (length + 2) / 3), kept.Count);
            Assert.Equal(kept.Distinct().Order(), kept);
            Assert.All(kept.Zip(kept.Skip(1)), p => Assert.InRange(p.Second - p.First, 3, Math.Max(3, 3 * length / 5)));
            Assert.True(kept.Count < 5 || kept[^1] >= length / 2, $"{kept[^1]} of {length}");
        }
    }

    [Fact]
    public void Elements_that_cannot_be_used_leave_gaps()
    {
        var spread = new SpreadSamples(Single(2, apart: 1));

        spread.Offer(() => null);
        Offer(spread, 1);
        spread.Offer(() => null);

        Assert.Equal([1], spread.Take().Select(s => (int)s.Value));
        Assert.False(spread.IsFull);
    }

    [Theory]
    [InlineData(5, "(0) (1) (2) 3 4")]
    [InlineData(12, "(0) (1) (2) 3 4, (5) (6) (7) 8 9")]
    [InlineData(1000, "(0) (1) (2) 3 4, (320) (321) (322) 323 324, (640) (641) (642) 643 644")]
    public void Passages_are_whole_and_spread_and_say_what_of_them_is_measured(int length, string kept)
    {
        var spread = new SpreadSamples(new SampleShape(Passages: 3, LeadIn: 3, Measured: 2, Apart: 4));
        for (var i = 0; i < length; i++)
        {
            Offer(spread, i);
        }

        Assert.Equal(kept, Written(spread.Take()));
    }

    [Fact]
    public void Sequence_shorter_than_a_passage_is_measured_as_far_as_it_goes()
    {
        var spread = new SpreadSamples(new SampleShape(Passages: 3, LeadIn: 3, Measured: 2, Apart: 4));
        for (var i = 0; i < 3; i++)
        {
            Offer(spread, i);
        }

        Assert.Equal("(0) 1 2", Written(spread.Take()));
    }

    private static string Written(List<Sample> samples) =>
        string.Join(", ", samples.GroupBy(s => s.Passage).Select(passage => string.Join(' ', passage.Select(s => s.IsLeadIn ? $"({s.Value})" : $"{s.Value}"))));

    private static SampleShape Single(int most, int apart) => new(most, LeadIn: 0, Measured: 1, apart);

    private static void Offer(SpreadSamples spread, int number) => spread.Offer(() => new Sample(number, new SourceId("one"), number));
}
