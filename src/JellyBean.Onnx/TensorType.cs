namespace JellyBean.Onnx;

/// <summary>What a tensor's elements are.</summary>
public enum TensorType
{
    /// <summary>32-bit floating point.</summary>
    Floats,

    /// <summary>Bytes from 0 to 255.</summary>
    Bytes,

    /// <summary>64-bit integers, as indices and labels come; outputs only.</summary>
    Integers,
}
