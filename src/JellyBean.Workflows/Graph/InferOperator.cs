using System.Collections.Immutable;
using JellyBean.Workflows.Models;

namespace JellyBean.Workflows.Graph;

/// <summary>Asks a model about each element. The planner chooses the variant.</summary>
public abstract class InferOperator : Operator
{
    private protected InferOperator(OperatorId id, Type elementType, OperatorId input)
        : base(id, OperatorKind.Infer, elementType, input)
    {
    }

    /// <summary>The model's name.</summary>
    public abstract string Model { get; }

    /// <summary>The model's variants, in the order given.</summary>
    public abstract ImmutableArray<IVariant> Variants { get; }

    /// <summary>By what its accuracy is judged while it runs; null where nothing is watched. It changes no element, so its code is part of the workflow's fingerprint and its name and bounds are not.</summary>
    public Watch? Watch { get; internal set; }

    internal override string Definition => $"model={Model} variants={string.Join(',', Variants.Select(v => v.Name))}";

    /// <summary>Loads a variant.</summary>
    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    internal abstract Task<InferenceKernel> LoadAsync(string variant, Device device, CancellationToken cancellationToken);

    /// <summary>Takes a loaded variant that the caller made; the kernel owns it.</summary>
    internal abstract InferenceKernel CreateKernel(string variant, int maxBatch, IDisposable loaded);

    /// <summary>Whether this operator asks the given model.</summary>
    internal abstract bool Asks(object model);
}

internal sealed class InferOperator<T, TIn, TOut, TResult>(
    OperatorId id, OperatorId input, Model<TIn, TOut> model, Func<T, TIn> select, Func<T, TOut, TResult> result)
    : InferOperator(id, typeof(TResult), input)
    where T : notnull
    where TIn : notnull
    where TOut : notnull
    where TResult : notnull
{
    public override string Model => model.Name;

    public override ImmutableArray<IVariant> Variants { get; } = [.. model.Variants];

    internal override IEnumerable<Delegate> Functions => Watch is { } watch ? [select, result, watch.Function] : [select, result];

    internal override async Task<InferenceKernel> LoadAsync(string variant, Device device, CancellationToken cancellationToken)
    {
        var chosen = model.Variants.FirstOrDefault(v => v.Name == variant)
            ?? throw new ModelLoadException($"Model '{model.Name}' has no variant '{variant}'; it has {string.Join(", ", model.Variants.Select(v => v.Name))}.");
        var loaded = await chosen.LoadAsync(device, cancellationToken).ConfigureAwait(false);
        return new InferenceKernel<T, TIn, TOut, TResult>(variant, Math.Min(chosen.MaxBatch, loaded.MaxBatch), loaded, select, result);
    }

    internal override InferenceKernel CreateKernel(string variant, int maxBatch, IDisposable loaded) =>
        new InferenceKernel<T, TIn, TOut, TResult>(variant, maxBatch, (LoadedVariant<TIn, TOut>)loaded, select, result);

    internal override bool Asks(object other) => ReferenceEquals(model, other);
}
