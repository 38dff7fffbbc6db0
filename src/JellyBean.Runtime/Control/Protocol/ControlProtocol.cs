namespace JellyBean.Runtime.Control.Protocol;

/// <summary>What both ends must agree on.</summary>
internal static class ControlProtocol
{
    /// <summary>The version spoken here. A node that speaks another one is refused.</summary>
    public const int Version = 1;

    /// <summary>Most bytes in one message: Akka.Remote drops frames over 128 000, its own header takes some.</summary>
    public const int MaxBytes = 96 * 1024;

    /// <summary>Most failed elements in one report; the rest follows in further ones. About 10 bytes each at worst.</summary>
    public const int MaxFailures = 4_000;

    /// <summary>Most characters of a cause.</summary>
    public const int MaxReason = 4_000;

    /// <summary>A cause that fits into a message.</summary>
    public static string Reason(string text) => text.Length <= MaxReason ? text : string.Concat(text.AsSpan(0, MaxReason), "…");

    /// <summary>A cause that fits into a message, with the causes behind it.</summary>
    public static string Reason(Exception cause)
    {
        var inner = cause is AggregateException { InnerExceptions: [var only] } ? only : cause;
        var text = $"{inner.GetType().Name}: {inner.Message}";
        for (var next = inner.InnerException; next is not null; next = next.InnerException)
        {
            text += $" ({next.GetType().Name}: {next.Message})";
        }

        return Reason(text);
    }
}
