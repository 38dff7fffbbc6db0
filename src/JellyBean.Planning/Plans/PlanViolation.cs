namespace JellyBean.Planning.Plans;

/// <summary>A constraint that a plan does not keep.</summary>
/// <param name="Constraint">Which kind it is.</param>
/// <param name="Message">What was found and what is allowed.</param>
public sealed record PlanViolation(PlanConstraint Constraint, string Message);

/// <summary>What a plan must keep.</summary>
public enum PlanConstraint
{
    /// <summary>It is for this workflow.</summary>
    Workflow,

    /// <summary>Every operator is placed once, on known workers, with shares that sum to 1.</summary>
    Placement,

    /// <summary>Models run variants and batch sizes that were profiled; other operators have neither.</summary>
    Variant,

    /// <summary>Operators are on the tiers and workers that they are bound to.</summary>
    Pin,

    /// <summary>Sources are read where they are attached.</summary>
    Source,

    /// <summary>What remembers is whole on one worker.</summary>
    Whole,

    /// <summary>Instances side by side are enough for their elements, and no more than the worker's cores.</summary>
    Parallelism,

    /// <summary>Routes carry all that is sent, and nothing else, over links that there are.</summary>
    Route,

    /// <summary>Workers are not busier than the cap.</summary>
    Utilisation,

    /// <summary>Where workers are not shared, at most one operator that takes time is on each.</summary>
    Sharing,

    /// <summary>Only machines that may be used are used.</summary>
    Ownership,

    /// <summary>The cost is within the budget.</summary>
    Budget,

    /// <summary>Shared hosts are not busier than the cap.</summary>
    Host,

    /// <summary>What instances hold fits into memory.</summary>
    Memory,

    /// <summary>Links have the bandwidth.</summary>
    Bandwidth,

    /// <summary>Outputs have the accuracy that they ask for.</summary>
    Accuracy,

    /// <summary>Outputs have the latency that they ask for.</summary>
    Latency,

    /// <summary>The cost that it says is the cost that it has.</summary>
    Cost,

    /// <summary>The predictions that it says are those that follow from it.</summary>
    Prediction,

    /// <summary>Where a spare machine is asked for, any one may fail and the rest carries everything.</summary>
    Spare,

    /// <summary>Every rung of its ladder runs on its machines, meets every floor, and says what it is worth.</summary>
    Ladder,
}
