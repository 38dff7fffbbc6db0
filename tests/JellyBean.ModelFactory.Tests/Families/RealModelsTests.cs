using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.ModelFactory.Schema;
using JellyBean.ModelFactory.Tests.Conversion;
using JellyBean.ModelFactory.Tests.Packages;
using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.ModelFactory.Tests.Families;

/// <summary>With the published weights, where this user's cache has them.</summary>
public sealed class RealModelsTests
{
    private static readonly string Package = Path.Combine(ModelCache.Folder, "packages", HumanModels.Package.FileName);

    [SkippableTheory]
    [InlineData(96)]
    [InlineData(256)]
    [InlineData(416)]
    public async Task NanoDet_gives_the_documented_shapes_and_treats_batch_members_alike(int size)
    {
        Tensor[] together = await RunPairAsync($"nanodet-{size}", size);

        Assert.Equal(
            from width in new long[] { 80, 44 } from stride in new[] { 8, 16, 32 } select string.Join(',', 2, size / stride * (size / stride), width),
            together.Select(result => string.Join(',', result.Shape)));
    }

    [SkippableTheory]
    [InlineData(96)]
    [InlineData(256)]
    public async Task CenterNet_gives_the_documented_shapes_and_treats_batch_members_alike(int size)
    {
        Tensor[] together = await RunPairAsync($"centernet-{size}", size);

        Assert.Equal([[2, 80, size / 4, size / 4], [2, 4, size / 4, size / 4]], together.Select(result => result.Shape));
    }

    [SkippableFact]
    public async Task NanoDet_moves_no_data_between_its_convolutions()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(await MakeAsync("nanodet-352"));

        // One at the input, from bytes by pixel to planes, and one per output, from planes to cells.
        Assert.Equal(7, model.Graph.Node.Count(node => node.OpType == "Transpose"));
        Assert.Equal(["scores_8", "scores_16", "scores_32", "boxes_8", "boxes_16", "boxes_32"], model.Graph.Output.Select(output => output.Name));
    }

    [SkippableTheory]
    [InlineData("nanodet-352")]
    [InlineData("nanodet-160-int8")]
    [InlineData("centernet-192")]
    public async Task Made_twice_the_bytes_are_the_same(string name) =>
        Assert.Equal(ContentHash.Of(await MakeAsync(name)), ContentHash.Of(await MakeAsync(name)));

    [SkippableFact]
    public async Task NanoDet_in_8_bits_takes_a_third_of_the_bytes_and_runs_its_convolutions_on_integers()
    {
        byte[] floats = await MakeAsync("nanodet-96"), integers = await MakeAsync("nanodet-96-int8");

        GraphProto graph = ModelProto.Parser.ParseFrom(integers).Graph;
        Assert.True(integers.Length * 3 < floats.Length);
        Assert.All(graph.Node.Where(node => node.OpType == "Conv"), node => Assert.All(node.Input, input => Assert.EndsWith("/dequantised", input, StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task Restore_twice_leaves_ready_files_alone_and_makes_a_damaged_one_anew()
    {
        ExpectWeights();
        using var folder = new TemporaryFolder();
        string members = folder.File($"packages/{HumanModels.Package.FileName}");
        Directory.CreateDirectory(members);
        foreach (string member in Directory.GetFiles(Package))
            File.Copy(member, Path.Combine(members, Path.GetFileName(member)));
        using var models = new PublishedModels(["nanodet-96", "nanodet-96-int8", "centernet-96"], folder.Path);
        Lines again = new(), repaired = new();

        await models.RestoreAsync(new Lines(), default);
        IReadOnlyList<ModelFileStatus> first = await models.VerifyAsync(default);
        await models.RestoreAsync(again, default);
        await File.AppendAllTextAsync(models.Files[1].Path, "damage");
        ModelFileStatus damaged = (await models.VerifyAsync(default))[1];
        await models.RestoreAsync(repaired, default);

        Assert.Equal(["nanodet-96 is ready", "nanodet-96-int8 is ready", "centernet-96 is ready"], again.Reported);
        Assert.Equal(ModelFileState.Corrupt, damaged.State);
        Assert.Contains(models.Files[1].Path, damaged.Detail, StringComparison.Ordinal);
        Assert.Contains(repaired.Reported, line => line.StartsWith("nanodet-96-int8 is made anew", StringComparison.Ordinal));
        Assert.Equal(first, await models.VerifyAsync(default));
        Assert.All(first, status => Assert.Equal(ModelFileState.Ready, status.State));
    }

    private static void ExpectWeights() => Skip.IfNot(
        HumanModels.Package.Members.All(member => File.Exists(Path.Combine(Package, member.FileName))) && Directory.Exists(CalibrationPictures.DefaultFolder),
        "The weights or the calibration pictures are missing: bash examples/PedestrianTracking/run.sh sets both up.");

    private static async Task<byte[]> MakeAsync(string name)
    {
        ExpectWeights();
        ModelSpec spec = ModelSpec.Parse([name])[0];
        var maker = new ModelMaker(spec.Family, Path.Combine(Package, spec.Family.GraphFile), CalibrationPictures.DefaultFolder);
        return (await maker.MakeAsync(spec, new Lines(), default)).Onnx;
    }

    /// <summary>Runs two pictures together, and the second alone; both runs must agree on the second.</summary>
    private static async Task<Tensor[]> RunPairAsync(string name, int size)
    {
        byte[] onnx = await MakeAsync(name);
        var pixels = new byte[2 * size * size * 3];
        new Random(1).NextBytes(pixels);
        using OrtValue both = OrtValue.CreateTensorValueFromMemory(pixels, [2, size, size, 3]);
        using OrtValue second = OrtValue.CreateTensorValueFromMemory(pixels[(pixels.Length / 2)..], [1, size, size, 3]);
        Tensor[] together = Converted.Run(onnx, both), alone = Converted.Run(onnx, second);
        foreach ((Tensor batch, Tensor single) in together.Zip(alone))
            Converted.Equal(single, new Tensor(single.Shape, batch.Values[(batch.Values.Length / 2)..]));
        return together;
    }
}
