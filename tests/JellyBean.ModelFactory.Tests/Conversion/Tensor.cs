namespace JellyBean.ModelFactory.Tests.Conversion;

/// <summary>Numbers with a shape, row-major.</summary>
internal sealed record Tensor(long[] Shape, float[] Values)
{
    public float this[params ReadOnlySpan<long> place]
    {
        get => Values[Index(place)];
        set => Values[Index(place)] = value;
    }

    public static Tensor Zeros(params long[] shape) => new(shape, new float[shape.Aggregate(1L, (product, size) => product * size)]);

    /// <summary>Different small numbers of both signs, the same in every run.</summary>
    public static Tensor Pattern(params long[] shape)
    {
        Tensor tensor = Zeros(shape);
        for (int index = 0; index < tensor.Values.Length; index++)
            tensor.Values[index] = (((index * 7) + 3) % 23 - 11) / 8f;
        return tensor;
    }

    private long Index(ReadOnlySpan<long> place)
    {
        long index = 0;
        for (int axis = 0; axis < place.Length; axis++)
            index = (index * Shape[axis]) + place[axis];
        return index;
    }
}
