using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>Arithmetic on shapes. Only the first axis may be open: it is the batch.</summary>
internal static class Shapes
{
    /// <summary>The batch, whose size is known at run time only.</summary>
    public const long Batch = -1;

    public static long Count(IEnumerable<long> shape) => shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    public static ImmutableArray<long> Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long stride = 1;
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return [.. strides];
    }

    /// <summary>The common shape of two operands; null when they do not fit together.</summary>
    public static ImmutableArray<long>? Broadcast(ImmutableArray<long> left, ImmutableArray<long> right)
    {
        int rank = Math.Max(left.Length, right.Length);
        ImmutableArray<long> first = WithRank(left, rank), second = WithRank(right, rank);
        var common = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            if (first[axis] != second[axis] && first[axis] != 1 && second[axis] != 1)
                return null;
            common[axis] = first[axis] == 1 ? second[axis] : first[axis];
        }

        return [.. common];
    }

    /// <summary>The same elements with ones in front up to the given rank.</summary>
    public static ImmutableArray<long> WithRank(ImmutableArray<long> shape, int rank) =>
        [.. Enumerable.Repeat(1L, rank - shape.Length), .. shape];

    /// <summary>The size of a sliding window's result along one axis; a "same" window is padded to cover every start.</summary>
    public static long Window(long size, long kernel, long stride, long dilation, bool same) =>
        same ? CeilingOfQuotient(size, stride) : CeilingOfQuotient(size - ((kernel - 1) * dilation), stride);

    /// <summary>Padding before and after along one axis so that a "same" window covers it; the odd one goes behind, as TensorFlow does.</summary>
    public static (long Before, long After) SamePadding(long size, long kernel, long stride, long dilation)
    {
        long reach = ((CeilingOfQuotient(size, stride) - 1) * stride) + ((kernel - 1) * dilation) + 1;
        long missing = Math.Max(0, reach - size);
        return (missing / 2, missing - (missing / 2));
    }

    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select(dimension => dimension == Batch ? "N" : $"{dimension}"))}]";

    private static long CeilingOfQuotient(long value, long divisor) => (value + divisor - 1) / divisor;
}
