using System.Collections.Immutable;

namespace JellyBean.Workflows.Models;

/// <summary>Makes models.</summary>
public static class Model
{
    /// <summary>Defines a model as a family of variants that answer the same question.</summary>
    /// <remarks>What is wrong with it is told with the other mistakes of the workflow that asks it.</remarks>
    /// <param name="name">Stable: profiles refer to it.</param>
    /// <param name="variants">At least one, names unique.</param>
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
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Variants = variants;
    }

    /// <summary>The model's stable name.</summary>
    public string Name { get; }

    /// <summary>Its variants, in the order given.</summary>
    public ImmutableArray<Variant<TIn, TOut>> Variants { get; }
}
