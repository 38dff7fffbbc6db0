using System.Collections.Immutable;

namespace JellyBean.Onnx;

/// <summary>How an ONNX file is run.</summary>
public sealed record OnnxOptions
{
    /// <summary>Everything at its default.</summary>
    public static OnnxOptions Default { get; } = new();

    /// <summary>Most elements in one run.</summary>
    /// <value>1 or more; 8 unless set. A file with a fixed batch runs at most that batch, whatever is set here. Buffers are made for this many elements.</value>
    public int MaxBatch { get; init; } = 8;

    /// <summary>The input's shape without the batch, for files that leave more than the batch open, as in [3, 640, 640].</summary>
    /// <value>Default: what the file says. Where the file fixes a size, it must agree.</value>
    public ImmutableArray<int> InputShape { get; init; }

    /// <summary>Outputs to compute.</summary>
    /// <value>Default: all of the file's outputs, in its order.</value>
    public ImmutableArray<string> Outputs { get; init; }
}
