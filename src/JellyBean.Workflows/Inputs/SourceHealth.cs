namespace JellyBean.Workflows.Inputs;

/// <summary>How a source that may lose and find again what it reads is doing. An immutable picture of one moment.</summary>
/// <remarks>It counts from when the source was opened: anew where another node, or the same one after a crash, reads it. What it has offered counts on.</remarks>
public sealed record SourceHealth
{
    /// <summary>What it is doing.</summary>
    public SourceCondition Condition { get; init; }

    /// <summary>Why it does not flow, or did not the last time; null while all has been well.</summary>
    /// <value>Without credentials.</value>
    public string? Trouble { get; init; }

    /// <summary>Elements that it has read, before any were left out.</summary>
    public long Decoded { get; init; }

    /// <summary>Of them, left out by the source's own settings, such as <c>max-fps</c>: they took no number.</summary>
    public long LeftOut { get; init; }

    /// <summary>How often it has connected, the first time included.</summary>
    public long Connects { get; init; }

    /// <summary>How often it was connected, but gave nothing for too long.</summary>
    public long Stalls { get; init; }

    /// <summary>How many times of elements were missing, or ran backwards or away, and were put right.</summary>
    public long TimesRepaired { get; init; }

    /// <summary>Whether the source tells when its elements were taken, by a clock of the day. If not, that is reckoned from when they came: what all of them are late by is then not seen in any latency.</summary>
    public bool IsTimeTold { get; init; }

    /// <summary>What it is recording for after a crash, or why it cannot; null where it is not to.</summary>
    public string? Recording { get; init; }
}

/// <summary>What a source is doing.</summary>
public enum SourceCondition
{
    /// <summary>It is connecting for the first time, or has not begun.</summary>
    Connecting,

    /// <summary>Elements come.</summary>
    Flowing,

    /// <summary>It was connected, but gave nothing for too long; it is connected anew.</summary>
    Stalled,

    /// <summary>It cannot be reached, or what comes cannot be understood; it is tried again and again.</summary>
    Unreachable,

    /// <summary>It refuses the credentials; it is tried again at long intervals.</summary>
    Refused,
}
