using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Links;

/// <summary>What a receiving end knows of one connection.</summary>
/// <param name="clockGuess">How far this process's clock seems to be ahead of the sender's, nanoseconds.</param>
internal sealed class ReceivingConnection(long clockGuess)
{
    /// <summary>Cancelled when the connection is no longer wanted. Never disposed: whoever ends it need not ask whether it has ended.</summary>
    public CancellationTokenSource Over { get; } = new();

    /// <summary>There is something to write.</summary>
    public AsyncSignal Work { get; } = new();

    public ClockEstimate Clock { get; } = new(clockGuess);

    public SourceNames Names { get; } = new();

    /// <summary>When something was last heard.</summary>
    public long Heard { get; set; }

    /// <summary>The last round trip, nanoseconds; 0 once the sender was told.</summary>
    public long RoundTrip { get; set; }

    public bool IsPingDue { get; set; } = true;

    public bool SaidGoodbye { get; set; }
}
