using System.Diagnostics;
using CsCheck;
using JellyBean.Runtime.Sources;

namespace JellyBean.Runtime.Tests;

public sealed class RateLimitTests
{
    [Fact]
    public void Limit_lets_in_at_most_its_rate_and_one_more_and_nearly_its_rate_of_what_comes_faster() =>
        Gen.Select(Gen.Double[1, 200], Gen.Double[1, 4], Gen.Int[0, 1000]).Sample(
            (limit, factor, seed) =>
            {
                var (random, bucket, at, admitted) = (new Random(seed), new RateLimit(limit), 0.0, 0);
                const int Offered = 2000;
                for (var i = 0; i < Offered; i++)
                {
                    // Evenly, a little early or late.
                    at += (0.8 + (0.4 * random.NextDouble())) / (limit * factor);
                    admitted += bucket.Admits(1 + (long)(at * Stopwatch.Frequency)) ? 1 : 0;
                }

                Assert.InRange(admitted, 0.9 * Math.Min(Offered, at * limit), (at * limit) + 2);
            },
            seed: "0N0XIzNsQ0O2",
            iter: 200,
            threads: 1);

    [Fact]
    public void Rate_below_the_limit_nothing_is_dropped()
    {
        var limit = new RateLimit(10);

        Assert.All(Enumerable.Range(0, 100), i => Assert.True(limit.Admits(1 + (i * Stopwatch.Frequency / 9))));
    }

    [Fact]
    public void Limit_of_nothing_lets_in_the_first_alone()
    {
        var limit = new RateLimit(0);

        Assert.Equal(1, Enumerable.Range(0, 100).Count(i => limit.Admits(1 + (i * Stopwatch.Frequency))));
    }
}
