namespace JellyBean.ModelFactory.Quantisation;

/// <summary>The least and greatest value that a tensor took over the calibration pictures.</summary>
internal readonly record struct TensorRange(float Least, float Greatest)
{
    private const float Steps = byte.MaxValue;

    /// <summary>Whether nothing is left to tell apart: values that are the same, or nearer to each other than steps of full precision can be.</summary>
    public bool IsConstant => Least == Greatest || Scale == 0 || float.IsSubnormal(Scale);

    /// <summary>Difference between neighbouring 8-bit values. Zero is always one of them: padding must be exact.</summary>
    public float Scale => (Math.Max(Greatest, 0) - Math.Min(Least, 0)) / Steps;

    /// <summary>The 8-bit value that means zero.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(MathF.Round(-Math.Min(Least, 0) / Scale), 0, Steps);

    public static TensorRange Of(ReadOnlySpan<float> values)
    {
        (float least, float greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            // Math.Min and Max keep NaN, so that it shows.
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        return new TensorRange(least, greatest);
    }

    public TensorRange With(TensorRange other) => new(Math.Min(Least, other.Least), Math.Max(Greatest, other.Greatest));
}
