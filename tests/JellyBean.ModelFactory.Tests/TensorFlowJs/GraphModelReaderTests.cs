using System.Text.Json.Nodes;
using CsCheck;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Tests.TensorFlowJs;

public sealed class GraphModelReaderTests
{
    [Fact]
    public void Half_precision_weights_are_widened()
    {
        byte[] stored = [.. new[] { 1.5f, -0.25f }.SelectMany(value => BitConverter.GetBytes((Half)value))];
        TinyModel model = new TinyModel().Quantised("w", [2], "float32", new JsonObject { ["dtype"] = "float16", ["original_dtype"] = "float32" }, stored);

        Weight weight = model.Read().Weights["w"];

        Assert.Equal([1.5f, -0.25f], weight.Numbers!);
    }

    [Theory]
    [InlineData("uint8", new byte[] { 0, 2, 255 }, new[] { -1f, 0f, 126.5f })]
    [InlineData("uint16", new byte[] { 2, 0, 0, 1 }, new[] { 0f, 127f })]
    public void Quantised_weights_are_scaled_and_shifted(string type, byte[] stored, float[] expected)
    {
        TinyModel model = new TinyModel().Quantised("w", [expected.Length], "float32", new JsonObject { ["dtype"] = type, ["scale"] = 0.5, ["min"] = -1.0 }, stored);

        Weight weight = model.Read().Weights["w"];

        Assert.Equal(expected, weight.Numbers!);
    }

    [Fact]
    public void Quantised_integers_are_rounded_back()
    {
        TinyModel model = new TinyModel().Quantised("w", [2], "int32", new JsonObject { ["dtype"] = "uint8", ["scale"] = 2.0, ["min"] = -3.0 }, 0, 4);

        Assert.Equal([-3, 5], model.Read().Weights["w"].Integers!);
    }

    [Fact]
    public void Quantisation_without_its_scale_is_refused()
    {
        TinyModel model = new TinyModel().Quantised("w", [1], "float32", new JsonObject { ["dtype"] = "uint8" }, 0);

        var refused = Assert.Throws<ModelFormatException>(() => model.Read());

        Assert.Contains("'w' is quantised as 'uint8'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_weights_are_refused_with_the_weight_and_the_sizes()
    {
        using var folder = new TemporaryFolder();
        string path = new TinyModel().Constant("first", [2], 1f, 2f).Constant("second", [2], 3f, 4f).Write(folder);
        File.WriteAllBytes(folder.File(TinyModel.Shard), File.ReadAllBytes(folder.File(TinyModel.Shard))[..13]);

        var refused = Assert.Throws<ModelFormatException>(() => GraphModelReader.Read(path));

        Assert.Equal("Weight 'second' needs 8 bytes at offset 8, but 'weights.bin' ends after 13. The weights are truncated; get them again.", refused.Message);
    }

    [Fact]
    public void Left_over_bytes_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = new TinyModel().Constant("w", [1], 1f).Write(folder);
        File.AppendAllText(folder.File(TinyModel.Shard), "x");

        var refused = Assert.Throws<ModelFormatException>(() => GraphModelReader.Read(path));

        Assert.Contains("holds 5 bytes, but the manifest describes 4", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_shard_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = new TinyModel().Constant("w", [1], 1f).Write(folder);
        File.Delete(folder.File(TinyModel.Shard));

        var refused = Assert.Throws<ModelFormatException>(() => GraphModelReader.Read(path));

        Assert.Contains("names the weight file 'weights.bin'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("/etc/hostname")]
    public void Shard_outside_the_models_folder_is_refused(string shard)
    {
        using var folder = new TemporaryFolder();
        string path = new TinyModel().Constant("w", [1], 1f).Write(folder);
        File.WriteAllText(path, File.ReadAllText(path).Replace(TinyModel.Shard, shard, StringComparison.Ordinal));

        var refused = Assert.Throws<ModelFormatException>(() => GraphModelReader.Read(path));

        Assert.Contains("outside its folder", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Impossible_shape_is_refused_without_allocating_it(long size)
    {
        TinyModel model = new TinyModel().Constant("w", [size, size], 1f);

        var refused = Assert.Throws<ModelFormatException>(() => model.Read());

        Assert.Contains("'w' has the shape", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_model_is_refused_with_the_way_out()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.json"), """{ "format": "layers-model" }""");

        var refused = Assert.Throws<ModelFormatException>(() => GraphModelReader.Read(folder.File("model.json")));

        Assert.Contains("'layers-model'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--output_format=tfjs_graph_model", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_short_json_is_always_a_clear_error()
    {
        using var folder = new TemporaryFolder();
        string path = new TinyModel().Input("x", 1, 2, 2, 1).Constant("w", [1], 1f).Write(folder);
        string whole = File.ReadAllText(path);

        Gen.Int[0, whole.Length - 1].Sample(
            length =>
            {
                File.WriteAllText(path, whole[..length]);
                Assert.Throws<ModelFormatException>(() => GraphModelReader.Read(path));
            },
            iter: 60,
            threads: 1);
    }
}
