using System.Text;
using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Links;

/// <summary>Why an end has failed, as text: types of exceptions do not travel.</summary>
internal static class LinkText
{
    private const int MostCharacters = 2000;

    public static string Of(Exception cause)
    {
        var text = $"{cause.GetType().Name}: {cause.Message}";
        return text[..Math.Min(text.Length, MostCharacters)];
    }

    /// <summary>A frame without number that holds a text.</summary>
    public static byte[] Frame(FrameKind kind, string text)
    {
        var frame = new byte[FrameHeader.Bytes + Encoding.UTF8.GetByteCount(text)];
        new FrameHeader(kind, frame.Length - FrameHeader.Bytes, 0).Write(frame);
        Encoding.UTF8.GetBytes(text, frame.AsSpan(FrameHeader.Bytes));
        return frame;
    }

    /// <summary>Reads a text; control characters, which could forge lines of a log, become blanks.</summary>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Length == 0 ? "no reason was given." : string.Concat(text.Take(MostCharacters).Select(c => char.IsControl(c) ? ' ' : c));
    }
}
