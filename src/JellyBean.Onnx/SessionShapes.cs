using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.Onnx;

/// <summary>What a session takes and gives, checked against what a variant needs.</summary>
/// <param name="Input">The input.</param>
/// <param name="Outputs">The outputs to compute, in the order wished.</param>
/// <param name="FixedBatch">The only batch that the file runs; null where the batch is open.</param>
internal sealed record SessionShapes(SessionShapes.Tensor Input, SessionShapes.Tensor[] Outputs, int? FixedBatch)
{
    public sealed record Tensor(string Name, TensorType Type, int[] Shape)
    {
        public TensorBuffer Allocate(int rows) => new(Name, Type, Shape, rows);
    }

    /// <exception cref="ModelLoadException">They do not fit.</exception>
    public static SessionShapes Read(string variant, InferenceSession session, OnnxOptions options)
    {
        if (session.InputMetadata.Count != 1)
        {
            throw new ModelLoadException($"Variant '{variant}': the file has {session.InputMetadata.Count} inputs ({string.Join(", ", session.InputNames)}), expected one. Fold the others into the graph as constants.");
        }

        var name = session.InputNames[0];
        var metadata = session.InputMetadata[name];
        var type = metadata.IsTensor ? TensorBuffer.TypeOf(metadata.ElementDataType) : null;
        if (type is not (TensorType.Floats or TensorType.Bytes))
        {
            throw new ModelLoadException($"Variant '{variant}': input '{name}' holds {Describe(metadata)}, expected float or uint8. Convert the file's input.");
        }

        var (shape, fixedBatch) = InputShape(variant, name, metadata.Dimensions, options);
        var input = new Tensor(name, type.Value, shape);
        return new SessionShapes(input, OutputShapes(variant, session, input, fixedBatch ?? 1, options), fixedBatch);
    }

    private static (int[] Shape, int? FixedBatch) InputShape(string variant, string name, int[] found, OnnxOptions options)
    {
        var text = Text(found);
        if (found.Length < 2)
        {
            throw new ModelLoadException($"Variant '{variant}': input '{name}' has shape {text}, expected [batch, …]. Export the model with a batch dimension in front.");
        }

        int? fixedBatch = found[0] > 0 ? found[0] : null;
        var shape = found[1..];
        var wanted = options.InputShape;
        if (wanted.IsDefault)
        {
            return shape.All(s => s > 0)
                ? (shape, fixedBatch)
                : throw new ModelLoadException($"Variant '{variant}': input '{name}' has shape {text}, which leaves more than the batch open. Give OnnxOptions.InputShape, as in [3, 640, 640].");
        }

        var fits = wanted.Length == shape.Length && wanted.All(s => s > 0) && shape.Zip(wanted).All(p => p.First <= 0 || p.First == p.Second);
        return fits
            ? ([.. wanted], fixedBatch)
            : throw new ModelLoadException($"Variant '{variant}': input '{name}' has shape {text}, expected [batch, {string.Join(", ", wanted)}]. Correct OnnxOptions.InputShape, or export the model at that size.");
    }

    // The metadata of outputs is often open where the run is not, so one run of the least batch tells the shapes.
    private static Tensor[] OutputShapes(string variant, InferenceSession session, Tensor input, int rows, OnnxOptions options)
    {
        string[] names = options.Outputs.IsDefaultOrEmpty ? [.. session.OutputNames] : [.. options.Outputs];
        if (names.FirstOrDefault(n => !session.OutputMetadata.ContainsKey(n)) is { } unknown)
        {
            throw new ModelLoadException($"Variant '{variant}': the file has no output '{unknown}'; it has {string.Join(", ", session.OutputNames)}. Correct OnnxOptions.Outputs.");
        }

        using var run = new RunOptions();
        using var value = input.Allocate(rows).Value(rows);
        using var results = session.Run(run, [input.Name], [value], names);
        return [.. names.Zip(results, (name, result) => Output(variant, name, session.OutputMetadata[name], result, rows))];
    }

    private static Tensor Output(string variant, string name, NodeMetadata metadata, OrtValue result, int rows)
    {
        var type = metadata.IsTensor ? TensorBuffer.TypeOf(metadata.ElementDataType) : null;
        if (type is null)
        {
            throw new ModelLoadException($"Variant '{variant}': output '{name}' holds {Describe(metadata)}, expected float, uint8 or int64. Convert it in the file, or leave it out by OnnxOptions.Outputs.");
        }

        var shape = result.GetTensorTypeAndShape().Shape;
        return shape.Length > 0 && shape[0] == rows
            ? new Tensor(name, type.Value, [.. shape[1..].Select(s => checked((int)s))])
            : throw new ModelLoadException($"Variant '{variant}': output '{name}' has shape [{string.Join(", ", shape)}] for a batch of {rows}, expected [{rows}, …]. Its first dimension must be the batch: export the model so, or leave the output out by OnnxOptions.Outputs.");
    }

    private static string Describe(NodeMetadata metadata) => metadata.IsTensor ? metadata.ElementDataType.ToString() : metadata.OnnxValueType.ToString();

    private static string Text(int[] shape) => $"[{string.Join(", ", shape.Select(s => s > 0 ? s.ToString(System.Globalization.CultureInfo.InvariantCulture) : "?"))}]";
}
