using MessagePack;

namespace JellyBean.Runtime.Links.Protocol;

/// <summary>What the receiving end makes of a <see cref="Hello"/>.</summary>
internal enum Verdict : byte
{
    /// <summary>Go on.</summary>
    Welcome = 0,

    /// <summary>No such link is open here, yet or any more. Trying again may help.</summary>
    NotOpen = 1,

    /// <summary>The ends speak different versions.</summary>
    OtherVersion = 2,

    /// <summary>The ends have built different workflows.</summary>
    OtherWorkflow = 3,

    /// <summary>The link's plan is no longer in force.</summary>
    Fenced = 4,

    /// <summary>The greeting was heard before.</summary>
    Replayed = 5,

    /// <summary>The stream cannot go on where it stopped: one end has lost what it knew.</summary>
    Lost = 6,
}

/// <summary>The receiving end's answer to a <see cref="Hello"/>.</summary>
internal sealed record Reply
{
    public required Verdict Verdict { get; init; }

    /// <summary>Why it was refused, with what was found and what was expected; empty if it was not.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Names this receiving end, from its beginning to its end.</summary>
    public Guid Session { get; init; }

    /// <summary>Everything up to this number has been received.</summary>
    public long Received { get; init; }

    /// <inheritdoc cref="AckBody.Granted" />
    public long Granted { get; init; }

    public static Reply Refuse(Verdict verdict, string reason) => new() { Verdict = verdict, Reason = reason };

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.Write((byte)Verdict);
        writer.Write(Reason);
        writer.Write(Session.ToByteArray());
        writer.Write(Received);
        writer.Write(Granted);
    }

    public static Reply Read(ref MessagePackReader reader)
    {
        Greeting.ReadArray(ref reader, 5);
        return new Reply
        {
            Verdict = (Verdict)reader.ReadByte(),
            Reason = Greeting.ReadText(ref reader),
            Session = Greeting.ReadGuid(ref reader),
            Received = reader.ReadInt64(),
            Granted = reader.ReadInt64(),
        };
    }
}
