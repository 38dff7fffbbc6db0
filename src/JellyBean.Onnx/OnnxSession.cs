using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.Onnx;

/// <summary>An ONNX session with the buffers and bindings it runs on. One thread at a time.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly TensorBuffer[] _outputs;
    private readonly int? _fixedBatch;
    private readonly bool _copiesInput;
    private readonly long _weightBytes;

    // By batch size; made when a size is first seen.
    private readonly Binding?[] _bindings;
    private bool _disposed;

    private OnnxSession(InferenceSession session, SessionShapes shapes, int maxBatch, bool copiesInput, long weightBytes)
    {
        _session = session;
        _fixedBatch = shapes.FixedBatch;
        _copiesInput = copiesInput;
        _weightBytes = weightBytes;
        var rows = shapes.FixedBatch ?? maxBatch;
        Input = shapes.Input.Allocate(rows);
        _outputs = [.. shapes.Outputs.Select(o => o.Allocate(rows))];
        _bindings = new Binding?[rows + 1];
        MaxBatch = Math.Min(maxBatch, rows);
    }

    public TensorBuffer Input { get; }

    public int MaxBatch { get; }

    public long MemoryBytes => _weightBytes + Input.Bytes + _outputs.Sum(o => o.Bytes);

    /// <exception cref="ModelLoadException">The file, its shapes or the device do not serve.</exception>
    public static OnnxSession Load(string variant, string path, OnnxOptions options, Device device, CancellationToken cancellationToken)
    {
        var weightBytes = OnnxFile.Check(variant, path);
        OnnxEnvironment.Ensure();
        InferenceSession? session = null;
        OnnxSession? loaded = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using (var settings = ExecutionProviders.Settings(variant, device))
            {
                session = new InferenceSession(path, settings);
            }

            cancellationToken.ThrowIfCancellationRequested();
            var shapes = SessionShapes.Read(variant, session, options);
            loaded = new OnnxSession(session, shapes, options.MaxBatch, copiesInput: device.Kind != DeviceKind.Cpu, weightBytes);

            // The first run of a size plans memory and fills caches: not at traffic's expense.
            cancellationToken.ThrowIfCancellationRequested();
            loaded.Run(1);
            if (loaded.MaxBatch > 1)
            {
                cancellationToken.ThrowIfCancellationRequested();
                loaded.Run(loaded.MaxBatch);
            }

            return loaded;
        }
        catch (Exception e)
        {
            loaded?.Dispose();
            session?.Dispose();
            if (e is OnnxRuntimeException)
            {
                throw new ModelLoadException($"Variant '{variant}': '{path}' cannot be run: {e.Message.Trim()} {OnnxFile.Advice(path)}", e);
            }

            throw;
        }
    }

    public TensorSlices Outputs(int element) => new(Input, _outputs, element);

    public void CheckBatch(int batch, int results)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (batch < 1 || batch > MaxBatch || results != batch)
        {
            throw new ArgumentException($"A run takes 1 to {MaxBatch} elements and as many results; found {batch} elements and {results} results.", nameof(batch));
        }
    }

    /// <summary>Runs the first <paramref name="batch"/> places of <see cref="Input"/>.</summary>
    public void Run(int batch)
    {
        var rows = _fixedBatch ?? batch;
        if (rows > batch)
        {
            Input.Clear(batch);
        }

        var binding = _bindings[rows] ??= new Binding(_session, Input, _outputs, rows);
        if (_copiesInput)
        {
            // Binding copies the input to the accelerator, so it has to be done for each run.
            binding.BindInput(Input.Name);
        }

        _session.RunWithBinding(_run, binding.Io);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var binding in _bindings)
        {
            binding?.Dispose();
        }

        _run.Dispose();
        _session.Dispose();
    }

    private sealed class Binding : IDisposable
    {
        private readonly OrtValue _input;
        private readonly OrtValue[] _outputs;

        public Binding(InferenceSession session, TensorBuffer input, TensorBuffer[] outputs, int rows)
        {
            Io = session.CreateIoBinding();
            _input = input.Value(rows);
            _outputs = [.. outputs.Select(o => o.Value(rows))];
            BindInput(input.Name);
            for (var i = 0; i < outputs.Length; i++)
            {
                Io.BindOutput(outputs[i].Name, _outputs[i]);
            }
        }

        public OrtIoBinding Io { get; }

        public void BindInput(string name) => Io.BindInput(name, _input);

        public void Dispose()
        {
            Io.Dispose();
            _input.Dispose();
            foreach (var output in _outputs)
            {
                output.Dispose();
            }
        }
    }
}
