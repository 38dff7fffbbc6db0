namespace JellyBean.Runtime.Links.Protocol;

/// <summary>Numbers of the link protocol.</summary>
/// <remarks>
/// The sending end dials. It says <see cref="Hello"/>; the receiving end answers with a <see cref="Reply"/> that says from where to go on. Then frames go both ways, each a
/// <see cref="FrameHeader"/> and a body. What carries the stream, numbered from 1, is kept by the sender until it is acknowledged, and sent again over the next
/// connection; the rest is lost with a connection and does no harm.
/// </remarks>
internal static class LinkProtocol
{
    /// <summary>Nodes with different versions refuse each other. Add one whenever bytes change their meaning.</summary>
    public const ushort Version = 1;

    /// <summary>Most bytes of a greeting's body.</summary>
    public const int MostGreetingBytes = 4096;

    /// <summary>Most bytes of a frame that is no element.</summary>
    public const int MostSignalBytes = 64 * 1024;

    /// <summary>What an element counts for at least, bytes: small ones take more room in memory than on the wire.</summary>
    public const int LeastCost = 1024;

    /// <summary>"JBLK": what is not for us is told apart at once.</summary>
    public static ReadOnlySpan<byte> Magic => "JBLK"u8;
}

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    /// <summary>Sender: an element. Numbered; needs credit.</summary>
    Element = 1,

    /// <summary>Sender: any other item, such as a frontier. Numbered; needs no credit.</summary>
    Signal = 2,

    /// <summary>Sender: nothing follows. Numbered.</summary>
    Completed = 3,

    /// <summary>Sender: nothing follows, because something failed; the body says what. Numbered.</summary>
    Failed = 4,

    /// <summary>Sender: answers a <see cref="Ping"/>.</summary>
    Pong = 5,

    /// <summary>Receiver: how far it has received, and how much more it will take.</summary>
    Ack = 6,

    /// <summary>Receiver: asks whether the sender lives, and what its clock says.</summary>
    Ping = 7,

    /// <summary>Receiver: takes no more; the body says why.</summary>
    Cancelled = 8,
}
