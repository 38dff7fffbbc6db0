using JellyBean.Workflows;

namespace JellyBean.Planning.Costs;

/// <summary>What passes between two operators per second, wherever they are.</summary>
public sealed record FlowRate
{
    /// <summary>The operator that sends.</summary>
    public required OperatorId From { get; init; }

    /// <summary>The operator that receives.</summary>
    public required OperatorId To { get; init; }

    /// <summary>Which of the receiver's inputs it is, from 0.</summary>
    public required int InputIndex { get; init; }

    /// <summary>Elements per second; between expand and regroup, parts per second.</summary>
    public required double Rate { get; init; }

    /// <summary>Bytes per second as sent, with what an expand operator keeps.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Bytes that must have come before one element is there whole; between expand and regroup, all parts and what is kept.</summary>
    public required double BytesPerElement { get; init; }
}
