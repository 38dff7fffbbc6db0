using JellyBean.Workflows.Models;

namespace JellyBean.Onnx.Tests;

public sealed class OnnxVariantTests : IDisposable
{
    private readonly ModelFolder _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Run_batch_gives_what_single_elements_give()
    {
        using var loaded = await Load(_models.MeanAndTwice());
        float[][] batch = [[1, 2, 3], [-4, 0, 4], [0.5f, 0.25f, 0.125f], [9, 9, 9], [1e6f, 1, -1e6f]];

        var together = Run(loaded, batch);
        var alone = batch.Select(e => Run(loaded, [e])[0]).ToArray();

        Assert.Equal(alone, together);
        Assert.Equal([new Answer(2, 2, 6), new Answer(0, -8, 8)], together[..2]);
    }

    [Fact]
    public async Task Run_smaller_batch_after_larger_is_not_mixed_with_it()
    {
        using var loaded = await Load(_models.MeanAndTwice());
        Run(loaded, [[9, 9, 9], [8, 8, 8], [7, 7, 7]]);

        var results = Run(loaded, [[3, 3, 3], [6, 6, 6]]);

        Assert.Equal([new Answer(3, 6, 6), new Answer(6, 12, 12)], results);
    }

    [Fact]
    public async Task Run_fixed_batch_is_padded()
    {
        using var loaded = await Load(_models.MeanAndTwice(batch: 4), new OnnxOptions { MaxBatch = 3 });

        var results = Run(loaded, [[3, 3, 3], [6, 6, 6]]);

        Assert.Equal([new Answer(3, 6, 6), new Answer(6, 12, 12)], results);
    }

    [Fact]
    public async Task Run_bytes_in_integers_out()
    {
        var path = _models.Write(OnnxBytes.Model(
            [OnnxBytes.Node("Cast", ["x"], "y", OnnxBytes.Attribute("to", (long)OnnxBytes.Int64))],
            [OnnxBytes.Value("x", OnnxBytes.Byte, -1, 2)],
            [OnnxBytes.Value("y", OnnxBytes.Int64, -1, 2)]));
        var variant = OnnxVariant.Create<byte[], long>("cast", path, (e, t) => e.CopyTo(t.Bytes), (t, _) => t["y"].Integers[1]);
        using var loaded = await variant.LoadAsync(Device.OneCore, CancellationToken.None);
        var results = new long[2];

        loaded.Run([[1, 2], [3, 255]], results);

        Assert.Equal([2, 255], results);
    }

    [Fact]
    public async Task Run_open_size_is_taken_from_the_options()
    {
        var path = _models.Write(OnnxBytes.Model(
            [OnnxBytes.Node("Add", ["x", "x"], "y")], [OnnxBytes.Value("x", OnnxBytes.Float, -1, -1)], [OnnxBytes.Value("y", OnnxBytes.Float, -1, -1)]));
        var variant = OnnxVariant.Create<float, float>("open", path, (e, t) => t.Floats.Fill(e), (t, _) => t[0].Floats[^1] + t.InputShape[0], new OnnxOptions { InputShape = [5] });
        using var loaded = await variant.LoadAsync(Device.OneCore, CancellationToken.None);
        var results = new float[1];

        loaded.Run([4], results);

        Assert.Equal(13, results[0]);
    }

    [Fact]
    public async Task Run_allocates_under_one_kibibyte()
    {
        using var loaded = await Load(_models.MeanAndTwice());
        float[][] batch = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 3]];
        var results = new Answer[4];
        loaded.Run(batch, results);

        const int Runs = 200;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
        {
            loaded.Run(batch, results);
        }

        var perRun = (GC.GetAllocatedBytesForCurrentThread() - before) / Runs;
        Assert.True(perRun < 1024, $"A run of 4 elements allocates {perRun} bytes.");
    }

    [Fact]
    public async Task Run_too_many_elements_is_refused()
    {
        using var loaded = await Load(_models.MeanAndTwice(), new OnnxOptions { MaxBatch = 2 });

        var error = Assert.Throws<ArgumentException>(() => Run(loaded, [[1, 2, 3], [1, 2, 3], [1, 2, 3]]));

        Assert.Contains("1 to 2 elements", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_after_dispose_is_refused()
    {
        var loaded = await Load(_models.MeanAndTwice());
        loaded.Dispose();
        loaded.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Run(loaded, [[1, 2, 3]]));
    }

    [Fact]
    public async Task Run_decoder_names_an_unknown_output_the_message_lists_the_outputs()
    {
        var variant = OnnxVariant.Create<float[], float>("typo", _models.MeanAndTwice(), (e, t) => e.CopyTo(t.Floats), (t, _) => t["men"].Floats[0]);
        using var loaded = await variant.LoadAsync(Device.OneCore, CancellationToken.None);

        var error = Assert.Throws<KeyNotFoundException>(() => loaded.Run([[1, 2, 3]], new float[1]));

        Assert.Contains("'mean' Floats [batch, 1], 'twice' Floats [batch, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_accounts_for_weights_and_buffers()
    {
        var path = _models.MeanAndTwice();
        using var loaded = await Load(path, new OnnxOptions { MaxBatch = 4 });

        Assert.Equal(new FileInfo(path).Length + (4 * (3 + 1 + 3) * sizeof(float)), loaded.MemoryBytes);
    }

    [Fact]
    public async Task Load_chosen_outputs_only()
    {
        using var loaded = await OnnxVariant
            .Create<float[], int>("some", _models.MeanAndTwice(), (e, t) => e.CopyTo(t.Floats), (t, _) => t.Count, new OnnxOptions { Outputs = ["twice"] })
            .LoadAsync(Device.OneCore, CancellationToken.None);
        var results = new int[1];

        loaded.Run([[1, 2, 3]], results);

        Assert.Equal(1, results[0]);
    }

    [Fact]
    public async Task Load_two_threads_serve() => Assert.Equal(new Answer(2, 2, 6), Run(await Load(_models.MeanAndTwice(), threads: 2), [[1, 2, 3]])[0]);

    [Fact]
    public Task Load_missing_file_is_told() => Refused(_models.Missing(), "is missing. Expected an ONNX file");

    [Fact]
    public Task Load_missing_file_of_the_cache_names_the_restore_command() =>
        Refused(ModelCache.PathOf("no-such-model"), "'models restore'");

    [Fact]
    public Task Load_empty_file_is_told() => Refused(_models.Write([]), "is empty");

    [Fact]
    public Task Load_file_that_is_not_onnx_is_told() => Refused(_models.Write("version https://git-lfs.github.com/spec/v1"u8.ToArray()), "cannot be run");

    [Fact]
    public Task Load_truncated_file_is_told() => Refused(_models.Write(File.ReadAllBytes(_models.MeanAndTwice())[..60]), "cannot be run");

    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(4, 8, 4)]
    [InlineData(4, 3, 3)]
    [InlineData(-1, 3, 3)]
    public async Task Load_batch_fixed_by_the_file_limits_the_batch(int batch, int set, int expected)
    {
        using var loaded = await Load(_models.MeanAndTwice(batch), new OnnxOptions { MaxBatch = set });

        Assert.Equal(expected, loaded.MaxBatch);
        Assert.Equal(expected, Run(loaded, [.. Enumerable.Repeat<float[]>([1, 2, 3], expected)]).Length);
        Assert.Throws<ArgumentException>(() => Run(loaded, [.. Enumerable.Repeat<float[]>([1, 2, 3], expected + 1)]));
    }

    [Fact]
    public Task Load_shape_other_than_expected_is_told() =>
        Refused(_models.MeanAndTwice(), "has shape [?, 3], expected [batch, 4]", new OnnxOptions { InputShape = [4] });

    [Fact]
    public Task Load_unknown_output_is_told() =>
        Refused(_models.MeanAndTwice(), "no output 'mena'; it has mean, twice", new OnnxOptions { Outputs = ["mena"] });

    [Fact]
    public Task Load_output_without_batch_is_told()
    {
        var path = _models.Write(OnnxBytes.Model(
            [OnnxBytes.Node("ReduceMean", ["x"], "mean", OnnxBytes.Attribute("keepdims", 0))],
            [OnnxBytes.Value("x", OnnxBytes.Float, -1, 3)],
            [OnnxBytes.Value("mean", OnnxBytes.Float)]));

        return Refused(path, "output 'mean' has shape [] for a batch of 1, expected [1, …]");
    }

    [Fact]
    public Task Load_two_inputs_are_told()
    {
        var path = _models.Write(OnnxBytes.Model(
            [OnnxBytes.Node("Add", ["a", "b"], "y")],
            [OnnxBytes.Value("a", OnnxBytes.Float, -1, 3), OnnxBytes.Value("b", OnnxBytes.Float, -1, 3)],
            [OnnxBytes.Value("y", OnnxBytes.Float, -1, 3)]));

        return Refused(path, "has 2 inputs (a, b), expected one");
    }

    [Fact]
    public async Task Load_device_that_is_not_there_is_told()
    {
        var error = await Assert.ThrowsAsync<ModelLoadException>(
            () => Variant(_models.MeanAndTwice()).LoadAsync(new Device { Kind = DeviceKind.Gpu }, CancellationToken.None));

        Assert.Contains("GPU 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_cancelled_gives_up() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Variant(_models.MeanAndTwice()).LoadAsync(Device.OneCore, new CancellationToken(canceled: true)));

    private static Variant<float[], Answer> Variant(string path, OnnxOptions? options = null) => OnnxVariant.Create<float[], Answer>(
        "tiny", path, (e, t) => e.CopyTo(t.Floats), (t, _) => new Answer(t["mean"].Floats[0], t["twice"].Floats[0], t["twice"].Floats[2]), options);

    private static Task<LoadedVariant<float[], Answer>> Load(string path, OnnxOptions? options = null, int threads = 1) =>
        Variant(path, options).LoadAsync(new Device { Threads = threads }, CancellationToken.None);

    private static Answer[] Run(LoadedVariant<float[], Answer> loaded, float[][] batch)
    {
        var results = new Answer[batch.Length];
        loaded.Run(batch, results);
        return results;
    }

    private static async Task Refused(string path, string expected, OnnxOptions? options = null)
    {
        var error = await Assert.ThrowsAsync<ModelLoadException>(() => Load(path, options));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("tiny", error.Message, StringComparison.Ordinal);
    }

    private readonly record struct Answer(float Mean, float First, float Last);
}
