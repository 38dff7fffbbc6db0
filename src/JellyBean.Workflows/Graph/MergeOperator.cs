namespace JellyBean.Workflows.Graph;

/// <summary>The elements of several flows. An element's lineage gains the place of the flow it came by.</summary>
public sealed class MergeOperator : Operator
{
    internal MergeOperator(OperatorId id, Type elementType, params ReadOnlySpan<OperatorId> inputs)
        : base(id, OperatorKind.Merge, elementType, inputs)
    {
    }
}
