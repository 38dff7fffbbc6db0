namespace JellyBean.ModelFactory.Conversion;

/// <summary>The ONNX dialect we write.</summary>
internal static class OnnxFormat
{
    /// <summary>Version of the file format (ONNX 1.13), understood by every runtime since 2023.</summary>
    public const long IrVersion = 8;

    /// <summary>Version of the operator set (ONNX 1.13): the first in which every reduction takes its axes as an input.</summary>
    public const long OperatorSet = 18;

    /// <summary>Name of the open first dimension of inputs and outputs.</summary>
    public const string BatchDimension = "N";

    public const string Producer = "JellyBean.ModelFactory";

    /// <summary>Raise it whenever the same source would give other bytes: restored models are then converted anew.</summary>
    public const string ConverterVersion = "2";
}
