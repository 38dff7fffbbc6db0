using System.Collections.Immutable;

namespace JellyBean.Workflows.Models;

/// <summary>Makes models.</summary>
public static class Model
{
    /// <summary>Defines a model as a family of variants that answer the same question.</summary>
    /// <param name="name">Stable: profiles refer to it.</param>
    /// <param name="variants">At least one, names unique.</param>
    /// <exception cref="ArgumentException">No variant, or a name twice.</exception>
    public static Model<TIn, TOut> Define<TIn, TOut>(string name, IEnumerable<Variant<TIn, TOut>> variants)
        where TIn : notnull
        where TOut : notnull
        => new(name, [.. variants]);
}

/// <summary>A family of variants with one meaning: the planner chooses the member.</summary>
/// <typeparam name="TIn">What the model takes.</typeparam>
/// <typeparam name="TOut">What the model answers.</typeparam>
public sealed class Model<TIn, TOut>
    where TIn : notnull
    where TOut : notnull
{
    internal Model(string name, ImmutableArray<Variant<TIn, TOut>> variants)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (variants.IsEmpty)
        {
            throw new ArgumentException($"Model '{name}' has no variant. Give it at least one.", nameof(variants));
        }

        var twice = variants.GroupBy(v => v.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (twice.Count > 0)
        {
            throw new ArgumentException($"Model '{name}' names these variants twice: {string.Join(", ", twice)}. Variant names must be unique.", nameof(variants));
        }

        Name = name;
        Variants = variants;
    }

    /// <summary>The model's stable name.</summary>
    public string Name { get; }

    /// <summary>Its variants, in the order given.</summary>
    public ImmutableArray<Variant<TIn, TOut>> Variants { get; }
}
