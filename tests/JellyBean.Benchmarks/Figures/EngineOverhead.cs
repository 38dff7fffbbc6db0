using System.Diagnostics;
using JellyBean.Onnx;
using JellyBean.Onnx.Tests;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.Benchmarks.Figures;

/// <summary>What the engine costs around a model: items per second through source, batching stage and sink, against a bare ONNX Runtime loop.</summary>
internal static class EngineOverhead
{
    private const int Side = 128;
    private const int ProbeLayers = 16;
    private const int Pairs = 9;
    private const double Bar = 0.97;
    private static readonly TimeSpan ModelTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(2);

    public static Figure Figure { get; } = new(
        "engine.overhead", ["fraction-of-bare-loop"], $"at least {Bar} with a model of about 1 ms, same model, batch and threads, no decode", _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var folder = Directory.CreateTempSubdirectory("jellybean-figure-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            var layers = LayersForModelTime(path);
            await File.WriteAllBytesAsync(path, Model(layers));
            using var bare = new BareLoop(path);
            var perItem = bare.Run(200);
            var items = (int)(RunLength / perItem);
            Console.WriteLine($"Model: {perItem.TotalMilliseconds:0.00} ms per item, {layers} layers, {items} items per run, batch 1, one thread.");

            var ratios = await Figures.Pairs.MeasureAsync(Pairs, () => EngineAsync(path, items), () => Task.FromResult(1 / bare.Run(items).TotalSeconds));
            Console.WriteLine($"  {ratios}");
            var noise = Figures.Pairs.Median(ratios.Control);
            return new FigureValue([ratios.Median], ratios.Median >= Bar || (noise >= Bar && 1 / noise >= Bar));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> EngineAsync(string path, int items)
    {
        var input = new Input<float[]>("vectors");
        var output = new Output<float[]>("answers");
        var model = Workflows.Models.Model.Define("model", [OnnxVariant.Create<float[], float[]>(
            "onnx", path, (vector, tensor) => vector.CopyTo(tensor.Floats), (_, vector) => vector, new OnnxOptions { MaxBatch = 1 })]);
        var workflow = Workflow.Define("overhead", w => w.From(input).Infer(model, (_, answer) => answer).To(output));
        var sink = new CountingSink<float[]>();
        var worker = new WorkerId("w");
        var bindings = new WorkflowBindings(workflow).With(input, "s", () => new RepeatingSource<float[]>("s", new float[Side * Side], items)).With(output, () => sink);
        var plan = Plans.Of(workflow, [(SourceId.Of("vectors", "s"), worker)], _ => [new Instance { Worker = worker }]);

        // Timed from the first element to the last: loading and unloading is not what the loop does either.
        var elapsed = TimeSpan.Zero;
        await Engine.RunAsync(bindings, plan, async fragments =>
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(fragments.Select(f => f.Completion));
            elapsed = Stopwatch.GetElapsedTime(started);
        });
        return sink.Count == items ? items / elapsed.TotalSeconds : throw new InvalidOperationException($"{sink.Count} of {items} results came.");
    }

    /// <summary>How many layers take about <see cref="ModelTime"/> on this machine, whatever its speed.</summary>
    private static int LayersForModelTime(string path)
    {
        File.WriteAllBytes(path, Model(ProbeLayers));
        using var probe = new BareLoop(path);
        probe.Run(50);
        return Math.Max(1, (int)Math.Round(ProbeLayers * (ModelTime / probe.Run(200))));
    }

    /// <summary>Softmax and matrix product in turn: work without weights, and values that stay small.</summary>
    private static byte[] Model(int layers)
    {
        var nodes = new List<byte[]>();
        var last = "x";
        for (var layer = 0; layer < layers; layer++)
        {
            nodes.Add(OnnxBytes.Node("Softmax", [last], $"s{layer}"));
            last = layer == layers - 1 ? "y" : $"m{layer}";
            nodes.Add(OnnxBytes.Node("MatMul", [$"s{layer}", $"s{layer}"], last));
        }

        return OnnxBytes.Model([.. nodes], [OnnxBytes.Value("x", OnnxBytes.Float, -1, Side, Side)], [OnnxBytes.Value("y", OnnxBytes.Float, -1, Side, Side)]);
    }

    /// <summary>The control: fill the input, run, on one thread, with the engine's session settings.</summary>
    private sealed class BareLoop : IDisposable
    {
        private readonly SessionOptions _options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        private readonly RunOptions _run = new();
        private readonly InferenceSession _session;
        private readonly float[] _vector = new float[Side * Side];
        private readonly float[] _input = new float[Side * Side];
        private readonly float[] _output = new float[Side * Side];
        private readonly OrtValue _x;
        private readonly OrtValue _y;

        public BareLoop(string path)
        {
            _options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            _session = new InferenceSession(path, _options);
            _x = OrtValue.CreateTensorValueFromMemory(_input, [1, Side, Side]);
            _y = OrtValue.CreateTensorValueFromMemory(_output, [1, Side, Side]);
        }

        /// <returns>The time per item.</returns>
        public TimeSpan Run(int items)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < items; i++)
            {
                _vector.CopyTo(_input, 0);
                _session.Run(_run, ["x"], [_x], ["y"], [_y]);
            }

            return Stopwatch.GetElapsedTime(started) / items;
        }

        public void Dispose()
        {
            _x.Dispose();
            _y.Dispose();
            _session.Dispose();
            _run.Dispose();
            _options.Dispose();
        }
    }
}
