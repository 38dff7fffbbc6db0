using CsCheck;
using JellyBean.ModelFactory.Families;

namespace JellyBean.ModelFactory.Tests.Families;

public sealed class ModelSpecTests
{
    [Fact]
    public void Every_model_is_found_by_its_name() =>
        Gen.Select(Gen.Int[0, ModelSpec.Families.Count - 1], Gen.Int[3, 20], Gen.Bool, (family, cells, isInt8) => new ModelSpec(ModelSpec.Families[family], cells * 32, isInt8))
            .Sample(spec => Assert.Equal(spec, ModelSpec.Find(spec.Name)));

    [Theory]
    [InlineData("nanodet")]
    [InlineData("nanodet-")]
    [InlineData("nanodet-64")]
    [InlineData("nanodet-100")]
    [InlineData("nanodet-672")]
    [InlineData("nanodet--352")]
    [InlineData("nanodet-352-fp16")]
    [InlineData("yolo-352")]
    [InlineData("-int8")]
    [InlineData("")]
    public void Other_names_are_of_no_model(string name) => Assert.Null(ModelSpec.Find(name));

    [Fact]
    public void Unknown_names_are_told_together()
    {
        var refused = Assert.Throws<ArgumentException>(() => ModelSpec.Parse(["nanodet-64", "nanodet-352", "yolo-1"]));

        Assert.Contains("No such models: nanodet-64, yolo-1.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("nanodet-SIZE with multiples of 32 from 96 to 640 pixels", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_names_at_all_are_refused() =>
        Assert.Contains("No models given", Assert.Throws<ArgumentException>(() => ModelSpec.Parse([])).Message, StringComparison.Ordinal);
}
