using CsCheck;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Tests.Telemetry;

public sealed class FailedNumbersTests
{
    [Fact]
    public void Numbers_in_any_order_are_counted_once_and_kept_as_their_ranges() =>
        Gen.Long[0, 60].Array[0, 80].Sample(
            numbers =>
            {
                var failed = new FailedNumbers(1000);
                foreach (var number in numbers)
                {
                    failed.Add(number);
                }

                var ranges = failed.Latest(1000);
                Assert.Equal(numbers.Distinct().Order(), ranges.SelectMany(r => Enumerable.Range(0, (int)r.Count).Select(i => r.First + i)));
                Assert.Equal(numbers.Distinct().LongCount(), failed.Count);
                Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
            },
            seed: "0N0XIzNsQ0O2",
            iter: 3_000,
            threads: 1);

    [Fact]
    public void More_ranges_than_it_may_hold_the_count_stays_exact_and_the_highest_are_kept()
    {
        var failed = new FailedNumbers(10);
        for (var n = 0L; n < 100_000; n++)
        {
            failed.Add(2 * n);
            failed.Add(2 * n);
        }

        Assert.Equal(100_000, failed.Count);
        Assert.Equal(Enumerable.Range(99_990, 10).Select(n => new NumberRange(2 * n, 2 * n)), failed.Latest(100));
        Assert.Equal([new NumberRange(199_998, 199_998)], failed.Latest(1).ToArray());
    }

    [Fact]
    public void Source_that_fails_whole_is_one_range()
    {
        var failed = new FailedNumbers(2);
        for (var n = 0L; n < 10_000; n++)
        {
            failed.Add(n);
        }

        Assert.Equal([new NumberRange(0, 9_999)], failed.Latest(2).ToArray());
    }
}
