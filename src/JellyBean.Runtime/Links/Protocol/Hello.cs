using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Links.Protocol;

/// <summary>What the sending end says first on every connection.</summary>
internal sealed record Hello
{
    /// <summary>The fingerprint of the workflow that the sender has built.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Which link it is; its epoch is the plan's.</summary>
    public required LinkId Link { get; init; }

    /// <summary>Names this sending end, from its beginning to its end: another one cannot go on where it stopped.</summary>
    public required Guid Session { get; init; }

    /// <summary>Grows with every connection of the session: a greeting that was recorded and is played again is refused.</summary>
    public required long Attempt { get; init; }

    /// <summary>The lowest number that the sender can still send.</summary>
    public required long FirstHeld { get; init; }

    /// <summary>The sender's clock, nanoseconds.</summary>
    public required long Clock { get; init; }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(11);
        writer.Write(Fingerprint);
        writer.Write(Link.Epoch);
        writer.Write(Link.From.Value);
        writer.Write(Link.To.Value);
        writer.Write(Link.InputIndex);
        writer.Write(Link.FromWorker.Value);
        writer.Write(Link.ToWorker.Value);
        writer.Write(Session.ToByteArray());
        writer.Write(Attempt);
        writer.Write(FirstHeld);
        writer.Write(Clock);
    }

    public static Hello Read(ref MessagePackReader reader)
    {
        Greeting.ReadArray(ref reader, 11);
        var fingerprint = Greeting.ReadText(ref reader);
        var link = new LinkId(
            reader.ReadInt64(),
            new OperatorId(Greeting.ReadText(ref reader)),
            new OperatorId(Greeting.ReadText(ref reader)),
            reader.ReadInt32(),
            new WorkerId(Greeting.ReadText(ref reader)),
            new WorkerId(Greeting.ReadText(ref reader)));
        return new Hello
        {
            Fingerprint = fingerprint,
            Link = link,
            Session = Greeting.ReadGuid(ref reader),
            Attempt = reader.ReadInt64(),
            FirstHeld = reader.ReadInt64(),
            Clock = reader.ReadInt64(),
        };
    }
}
