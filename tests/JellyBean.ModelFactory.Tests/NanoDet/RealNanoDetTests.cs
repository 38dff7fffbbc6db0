using JellyBean.ModelFactory.NanoDet;
using JellyBean.ModelFactory.Schema;
using JellyBean.ModelFactory.Tests.Conversion;
using JellyBean.ModelFactory.Tests.Packages;
using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.ModelFactory.Tests.NanoDet;

/// <summary>With the published weights, where this user's cache has them.</summary>
public sealed class RealNanoDetTests
{
    private const string Restore = "The weights are not in the cache: dotnet run --project src/JellyBean.ModelFactory -- restore";

    private static readonly string Graph = Path.Combine(ModelCache.Folder, "packages", NanoDetRecipe.Package.FileName, NanoDetRecipe.GraphFile);

    [SkippableTheory]
    [InlineData(96)]
    [InlineData(256)]
    [InlineData(416)]
    public void Converted_model_gives_the_documented_shapes_and_treats_batch_members_alike(int size)
    {
        Skip.IfNot(File.Exists(Graph), Restore);
        byte[] onnx = NanoDetModels.Convert(Graph, size);
        var pixels = new byte[2 * size * size * 3];
        new Random(1).NextBytes(pixels);

        using OrtValue both = OrtValue.CreateTensorValueFromMemory(pixels, [2, size, size, 3]);
        using OrtValue second = OrtValue.CreateTensorValueFromMemory(pixels[(pixels.Length / 2)..], [1, size, size, 3]);
        Tensor[] together = Converted.Run(onnx, both), alone = Converted.Run(onnx, second);

        Assert.Equal(
            from width in new long[] { 80, 44 } from stride in new[] { 8, 16, 32 } select string.Join(',', 2, size / stride * (size / stride), width),
            together.Select(result => string.Join(',', result.Shape)));
        foreach ((Tensor batch, Tensor single) in together.Zip(alone))
            Converted.Equal(single, new Tensor(single.Shape, batch.Values[(batch.Values.Length / 2)..]));
    }

    [SkippableFact]
    public void Converted_model_moves_no_data_between_its_convolutions()
    {
        Skip.IfNot(File.Exists(Graph), Restore);

        ModelProto model = ModelProto.Parser.ParseFrom(NanoDetModels.Convert(Graph, 352));

        // One at the input, from bytes by pixel to planes, and one per output, from planes to cells.
        Assert.Equal(7, model.Graph.Node.Count(node => node.OpType == "Transpose"));
        Assert.Equal(["scores_8", "scores_16", "scores_32", "boxes_8", "boxes_16", "boxes_32"], model.Graph.Output.Select(output => output.Name));
    }

    [SkippableFact]
    public void Two_conversions_give_the_same_bytes()
    {
        Skip.IfNot(File.Exists(Graph), Restore);

        Assert.Equal(ContentOf(352), ContentOf(352));

        static string ContentOf(int size) => ModelFactory.Packages.ContentHash.Of(NanoDetModels.Convert(Graph, size));
    }

    [SkippableFact]
    public async Task Restore_twice_leaves_ready_files_alone()
    {
        Skip.IfNot(File.Exists(Graph), Restore);
        using var folder = new TemporaryFolder();
        string members = folder.File($"packages/{NanoDetRecipe.Package.FileName}");
        Directory.CreateDirectory(members);
        foreach (string member in Directory.GetFiles(Path.GetDirectoryName(Graph)!))
            File.Copy(member, Path.Combine(members, Path.GetFileName(member)));
        using var models = new NanoDetModels([96, 128], folder.Path);
        var again = new Lines();

        await models.RestoreAsync(new Lines(), default);
        await models.RestoreAsync(again, default);

        Assert.Equal(["nanodet-96 is ready", "nanodet-128 is ready"], again.Reported);
        Assert.All(await models.VerifyAsync(default), status => Assert.Equal(ModelFileState.Ready, status.State));
    }
}
