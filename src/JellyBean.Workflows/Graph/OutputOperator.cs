using JellyBean.Workflows.Outputs;

namespace JellyBean.Workflows.Graph;

/// <summary>Gives results to a sink.</summary>
public abstract class OutputOperator : Operator
{
    private protected OutputOperator(OperatorId id, Type elementType, OperatorId input, Objectives objectives)
        : base(id, OperatorKind.Output, elementType, input) => Objectives = objectives;

    /// <summary>What must hold for its results.</summary>
    public Objectives Objectives { get; }

    /// <summary>Takes a sink of the output's type.</summary>
    internal abstract BoundSink Bind(object sink);
}

internal sealed class OutputOperator<T>(Output<T> output, OperatorId input, Objectives objectives)
    : OutputOperator(new OperatorId(output.Name), typeof(T), input, objectives)
    where T : notnull
{
    internal override BoundSink Bind(object sink) => new BoundSink<T>((ISink<T>)sink);
}
