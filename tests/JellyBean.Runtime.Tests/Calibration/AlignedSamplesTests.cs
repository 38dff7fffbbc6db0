using System.Collections.Immutable;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Calibration;

public class AlignedSamplesTests
{
    private static readonly SampleShape Shape = new(Passages: 2, LeadIn: 3, Measured: 2, Apart: 5);
    private static readonly ImmutableArray<long> Times = [5, 12];

    [Fact]
    public void Passages_are_those_that_happened_when_the_others_did_with_what_leads_up_to_them()
    {
        var samples = Offered(every: 1, until: 20);

        Assert.Equal("(2) (3) (4) 5 6, (9) (10) (11) 12 13", Written(samples));
        Assert.True(samples is { IsDone: true, HasMost: true });
    }

    [Fact]
    public void Sequence_of_another_rate_is_taken_from_the_first_element_that_is_not_before()
    {
        var samples = Offered(every: 3, until: 20);

        Assert.Equal("(0) (3) 6 9, (3) (6) (9) 12 15", Written(samples));
    }

    [Fact]
    public void Passage_that_is_not_whole_does_not_count()
    {
        var samples = Offered(every: 1, until: 12);

        Assert.Equal("(2) (3) (4) 5 6", Written(samples));
        Assert.False(samples.IsDone);
    }

    [Fact]
    public void Sequence_of_another_time_has_hardly_any()
    {
        Assert.False(Offered(every: 1, until: 4).HasMost);
        Assert.False(new AlignedSamples([1, 2, 3, 4, 5], Shape).HasMost);
    }

    private static AlignedSamples Offered(int every, int until)
    {
        var samples = new AlignedSamples(Times, Shape);
        for (var at = 0; at <= until; at += every)
        {
            samples.Offer(new Sample(at, new SourceId("one"), at));
        }

        return samples;
    }

    private static string Written(AlignedSamples samples) =>
        string.Join(", ", samples.Take().GroupBy(s => s.Passage).Select(passage => string.Join(' ', passage.Select(s => s.IsLeadIn ? $"({s.Value})" : $"{s.Value}"))));
}
