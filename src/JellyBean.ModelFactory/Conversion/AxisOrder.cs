using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>
/// How a tensor lies in memory compared with what the source graph thinks: place <c>j</c> in memory holds the graph's axis <c>this[j]</c>.
/// A transposition in the source only changes this order; data moves when an operator asks for another one.
/// </summary>
internal readonly struct AxisOrder : IEquatable<AxisOrder>
{
    /// <summary>Where ONNX wants images: the graph's [batch, height, width, channels] stored as [batch, channels, height, width].</summary>
    public static readonly AxisOrder ChannelsFirst = new([0, 3, 1, 2]);

    private readonly ImmutableArray<int> _axes;

    private AxisOrder(ImmutableArray<int> axes) => _axes = axes;

    public int Rank => _axes.Length;

    public bool IsNatural => _axes.Select((axis, place) => axis == place).All(same => same);

    public int this[int place] => _axes[place];

    public static AxisOrder Natural(int rank) => new([.. Enumerable.Range(0, rank)]);

    public static AxisOrder Of(IEnumerable<int> axes) => new([.. axes]);

    public int PlaceOf(int axis) => _axes.IndexOf(axis);

    /// <summary>The order of the same memory after the graph renames axes: new axis <c>i</c> is old axis <c>permutation[i]</c>.</summary>
    public AxisOrder AfterTranspose(IReadOnlyList<int> permutation)
    {
        var renamed = new int[Rank];
        for (int axis = 0; axis < Rank; axis++)
            renamed[PlaceOf(permutation[axis])] = axis;
        return new AxisOrder([.. renamed]);
    }

    /// <summary>The order without some axes of the graph; the others are counted anew and keep their order in memory.</summary>
    public AxisOrder Without(IReadOnlyCollection<int> removed) =>
        new([.. _axes.Where(axis => !removed.Contains(axis)).Select(axis => axis - removed.Count(gone => gone < axis))]);

    /// <summary>The <c>perm</c> of the ONNX Transpose which brings memory in this order into another one.</summary>
    public ImmutableArray<long> PermutationTo(AxisOrder target)
    {
        AxisOrder self = this;
        return [.. target._axes.Select(axis => (long)self.PlaceOf(axis))];
    }

    /// <summary>Something known per axis of the graph, as it lies in memory.</summary>
    public ImmutableArray<T> Arrange<T>(IReadOnlyList<T> perAxis) => [.. _axes.Select(axis => perAxis[axis])];

    /// <summary>Copies row-major data of the graph's shape into this order.</summary>
    public T[] Arrange<T>(T[] data, IReadOnlyList<long> shape)
    {
        if (IsNatural)
            return data;
        ImmutableArray<long> strides = Arrange(Shapes.Strides(shape));
        ImmutableArray<long> arranged = Arrange(shape);
        var result = new T[data.Length];
        var place = new long[Rank];
        for (long index = 0, source = 0; index < result.Length; index++)
        {
            result[index] = data[source];
            for (int axis = Rank - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++place[axis] < arranged[axis])
                    break;
                source -= strides[axis] * arranged[axis];
                place[axis] = 0;
            }
        }

        return result;
    }

    public bool Equals(AxisOrder other) => _axes.SequenceEqual(other._axes);

    public override bool Equals(object? obj) => obj is AxisOrder other && Equals(other);

    public override int GetHashCode() => _axes.Aggregate(Rank, HashCode.Combine);

    public override string ToString() => string.Join(',', _axes);
}
