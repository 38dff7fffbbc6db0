namespace JellyBean.Onnx.Tests;

/// <summary>Model files of one test, deleted with it.</summary>
public sealed class ModelFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-onnx-").FullName;

    public string Write(byte[] model)
    {
        var path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }

    /// <summary>mean = the mean of x, twice = x + x; x is [batch, 3].</summary>
    public string MeanAndTwice(long batch = -1) => Write(OnnxBytes.Model(
        [
            OnnxBytes.Node("ReduceMean", ["x"], "mean", OnnxBytes.Attribute("axes", [1L]), OnnxBytes.Attribute("keepdims", 1)),
            OnnxBytes.Node("Add", ["x", "x"], "twice"),
        ],
        [OnnxBytes.Value("x", OnnxBytes.Float, batch, 3)],
        [OnnxBytes.Value("mean", OnnxBytes.Float, batch, 1), OnnxBytes.Value("twice", OnnxBytes.Float, batch, 3)]));

    public string Missing() => Path.Combine(_folder, "missing.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
