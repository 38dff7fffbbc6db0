using System.Globalization;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Workflows.Graph;

/// <summary>Brings in the elements of an input's sources.</summary>
public abstract class InputOperator : Operator
{
    private protected InputOperator(OperatorId id, Type elementType)
        : base(id, OperatorKind.Input, elementType)
    {
    }

    /// <summary>What its sources do under overload unless configured otherwise.</summary>
    public abstract Overload Overload { get; }

    /// <summary>How far event times of one source may run backwards.</summary>
    public abstract TimeSpan AllowedLateness { get; }

    /// <summary>After how long without an element a live source stops holding back event time.</summary>
    public abstract TimeSpan IdleAfter { get; }

    /// <summary>Takes a source of the input's type.</summary>
    internal abstract BoundSource Bind(object source);
}

internal sealed class InputOperator<T> : InputOperator
    where T : notnull
{
    private readonly Input<T> _input;

    public InputOperator(Input<T> input)
        : base(new OperatorId(input.Name), typeof(T))
    {
        _input = input;
        Pin = input.Tier;
    }

    public override Overload Overload => _input.Overload;

    public override TimeSpan AllowedLateness => _input.AllowedLateness;

    public override TimeSpan IdleAfter => _input.IdleAfter;

    internal override string Definition => string.Create(CultureInfo.InvariantCulture, $"lateness={AllowedLateness}");

    internal override BoundSource Bind(object source) => new BoundSource<T>(SourceId.Of(Id.Value, ((ISource<T>)source).Name), (ISource<T>)source);
}
