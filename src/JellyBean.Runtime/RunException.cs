using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime;

/// <summary>A run could not begin or could not go on. Everything that belonged to it was stopped: nothing of it is left running.</summary>
public sealed class RunException : Exception
{
    /// <summary>A run failed.</summary>
    /// <param name="message">What happened, where, and what to do.</param>
    /// <param name="epoch">The number of the plan; 0 if none was in force.</param>
    /// <param name="worker">The node where it happened; null if not one alone.</param>
    /// <param name="inner">The cause, where it is known as an exception.</param>
    public RunException(string message, long epoch = 0, WorkerId? worker = null, Exception? inner = null)
        : base(message, inner)
    {
        Epoch = epoch;
        Worker = worker;
    }

    /// <summary>Whether the cluster was asked for what it does not do, rather than that something went wrong: nothing has changed.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>The number of the plan; 0 if none was in force.</summary>
    public long Epoch { get; }

    /// <summary>The node where it happened; null if not one alone.</summary>
    public WorkerId? Worker { get; }
}
