using System.Collections.Immutable;

namespace JellyBean.Workflows.Graph;

/// <summary>A step of a workflow. Read-only once the workflow is built.</summary>
public abstract class Operator
{
    private protected Operator(OperatorId id, OperatorKind kind, Type elementType, params ReadOnlySpan<OperatorId> inputs)
    {
        Id = id;
        Kind = kind;
        ElementType = elementType;
        Inputs = [.. inputs];
    }

    /// <summary>Its stable name.</summary>
    public OperatorId Id { get; private set; }

    /// <summary>What it does.</summary>
    public OperatorKind Kind { get; }

    /// <summary>What its output elements carry; for an output, what its results carry.</summary>
    public Type ElementType { get; }

    /// <summary>The operators it takes elements from, in the order of its inputs.</summary>
    public ImmutableArray<OperatorId> Inputs { get; private set; }

    /// <summary>The tier it must run on; null where the planner chooses.</summary>
    public Tier? Pin { get; internal set; }

    /// <summary>What, beside kind, inputs, pin and types, makes the operator what it is; part of the workflow's fingerprint.</summary>
    internal virtual string Definition => "";

    /// <summary>The user's functions: their code is part of the workflow's fingerprint.</summary>
    internal virtual IEnumerable<Delegate> Functions => [];

    /// <summary>The same operator under another name, taking from operators under theirs.</summary>
    internal Operator Renamed(Func<OperatorId, OperatorId> rename)
    {
        var copy = (Operator)MemberwiseClone();
        (copy.Id, copy.Inputs) = (rename(Id), [.. Inputs.Select(rename)]);
        return copy;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Id} ({Kind})";
}
