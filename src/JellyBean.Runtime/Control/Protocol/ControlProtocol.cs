namespace JellyBean.Runtime.Control.Protocol;

/// <summary>What both ends must agree on.</summary>
internal static class ControlProtocol
{
    /// <summary>The version spoken here. A node that speaks another one is refused.</summary>
    public const int Version = 12;

    /// <summary>Most bytes in one message: Akka.Remote drops frames over 128 000, its own header takes some.</summary>
    public const int MaxBytes = 96 * 1024;

    /// <summary>Most characters of a cause.</summary>
    public const int MaxReason = 4_000;

    /// <summary>Most characters of why a source ended: a report has one for each source.</summary>
    public const int MaxFault = 400;

    /// <summary>Most characters of a line of a run's history.</summary>
    public const int MaxLine = 1_000;

    /// <summary>A line of a run's history.</summary>
    public static string Line(string text) => Cut(text, MaxLine);

    /// <summary>A cause that fits into a message.</summary>
    public static string Reason(string text) => Cut(text, MaxReason);

    /// <summary>Why a source ended, short enough for a report.</summary>
    public static string? Fault(string? text) => text is null ? null : Cut(text, MaxFault);

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

    private static string Cut(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
}
