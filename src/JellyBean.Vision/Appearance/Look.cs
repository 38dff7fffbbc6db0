using System.Collections.Immutable;

namespace JellyBean.Vision.Appearance;

/// <summary>How something looks, as a vector: the nearer two of them, the more alike.</summary>
/// <param name="Values">Of length 1 where an embedder made it; see <see cref="Of"/>.</param>
public sealed record Look(ImmutableArray<float> Values)
{
    /// <summary>Makes a look of any vector by bringing it to length 1; a vector of zeros stays.</summary>
    public static Look Of(ReadOnlySpan<float> values)
    {
        // Summed in order, not by vector lanes: the same on every machine.
        var sum = 0f;
        foreach (var value in values)
        {
            sum += value * value;
        }

        var unit = values.ToArray();
        for (var i = 0; i < unit.Length && sum > 0; i++)
        {
            unit[i] /= MathF.Sqrt(sum);
        }

        return new Look([.. unit]);
    }

    /// <summary>Likeness as the cosine between the vectors: 1 the same, 0 nothing in common; 0 where one is all zeros.</summary>
    /// <exception cref="ArgumentException">The other is of another length: it comes from another embedder.</exception>
    public float Cosine(Look other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Values.Length != Values.Length)
        {
            throw new ArgumentException($"Looks of {Values.Length} and {other.Values.Length} values come from different embedders and cannot be compared.", nameof(other));
        }

        var (dot, mine, others) = (0f, 0f, 0f);
        for (var i = 0; i < Values.Length; i++)
        {
            dot += Values[i] * other.Values[i];
            mine += Values[i] * Values[i];
            others += other.Values[i] * other.Values[i];
        }

        return mine > 0 && others > 0 ? dot / MathF.Sqrt(mine * others) : 0;
    }

    /// <inheritdoc />
    public bool Equals(Look? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var value in Values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
