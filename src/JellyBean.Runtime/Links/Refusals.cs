using System.Net;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Links;

/// <summary>Why a connection was refused or dropped.</summary>
internal enum Refusal
{
    /// <summary>It did not speak the link protocol.</summary>
    Unreadable,

    /// <summary>It closed, or said nothing, before it had greeted.</summary>
    Silent,

    /// <summary>Its certificate is missing or not trusted, or it does not speak TLS.</summary>
    Untrusted,

    /// <summary>Too many were greeting at a time.</summary>
    Crowded,

    /// <summary>It speaks another version.</summary>
    OtherVersion,

    /// <summary>It has built another workflow.</summary>
    OtherWorkflow,

    /// <summary>It belongs to a plan that is no longer in force.</summary>
    Fenced,

    /// <summary>Its greeting was heard before.</summary>
    Replayed,

    /// <summary>It cannot go on where the link stopped.</summary>
    Lost,

    /// <summary>It asked for a link that is not open here.</summary>
    NotOpen,

    /// <summary>It was welcome, and then broke the protocol.</summary>
    Violation,
}

/// <summary>Counts refused connections by cause, and logs the first of each.</summary>
internal sealed partial class Refusals(ILogger logger)
{
    private readonly long[] _counts = new long[Enum.GetValues<Refusal>().Length];

    public long this[Refusal refusal] => Volatile.Read(ref _counts[(int)refusal]);

    public long Total => _counts.Sum();

    public void Add(Refusal refusal, EndPoint? from, string reason)
    {
        if (Interlocked.Increment(ref _counts[(int)refusal]) == 1)
        {
            LogRefused(logger, refusal == Refusal.NotOpen ? LogLevel.Debug : LogLevel.Warning, from, refusal, reason);
        }
    }

    [LoggerMessage(EventId = 1210, Message = "A connection from {From} was refused: {Refusal}. Further ones for this cause are only counted. {Reason}")]
    private static partial void LogRefused(ILogger logger, LogLevel level, EndPoint? from, Refusal refusal, string reason);
}
