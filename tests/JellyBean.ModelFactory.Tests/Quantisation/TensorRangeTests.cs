using CsCheck;
using JellyBean.ModelFactory.Quantisation;

namespace JellyBean.ModelFactory.Tests.Quantisation;

public sealed class TensorRangeTests
{
    private static readonly Gen<TensorRange> Ranges =
        Gen.Select(Gen.Float[-100, 100], Gen.Float[-100, 100], (a, b) => new TensorRange(Math.Min(a, b), Math.Max(a, b))).Where(range => !range.IsConstant);

    [Fact]
    public void Zero_is_exact_and_both_ends_are_within_a_step() => Ranges.Sample(range =>
    {
        float least = (0 - range.ZeroPoint) * range.Scale, greatest = (255 - range.ZeroPoint) * range.Scale;

        Assert.True(least <= range.Least + range.Scale);
        Assert.True(greatest >= range.Greatest - range.Scale);
    });

    [Fact]
    public void Values_nearer_to_each_other_than_steps_can_be_are_constant() =>
        Assert.All([new TensorRange(-1.2624e-41f, 0), new TensorRange(0, 1e-45f)], range => Assert.True(range.IsConstant));

    [Fact]
    public void Range_of_values_is_their_least_and_greatest() =>
        Gen.Float[-100, 100].Array[1, 50].Sample(values => Assert.Equal(new TensorRange(values.Min(), values.Max()), TensorRange.Of(values)));

    [Fact]
    public void A_value_that_is_no_number_shows() => Assert.True(float.IsNaN(TensorRange.Of([1, float.NaN, 2]).Greatest));
}
