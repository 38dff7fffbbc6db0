using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace JellyBean.Vision.Payloads;

/// <summary>A frame's viewpoint on a link: the length of the site's name, 0 for none; then the name, and the corner's coordinates.</summary>
internal static class ViewpointBytes
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static int SizeOf(Viewpoint? viewpoint) =>
        sizeof(ushort) + (viewpoint is null ? 0 : Utf8.GetByteCount(viewpoint.Site) + (2 * sizeof(int)));

    public static void Write(IBufferWriter<byte> writer, Viewpoint? viewpoint)
    {
        var size = SizeOf(viewpoint);
        var span = writer.GetSpan(size);
        var name = viewpoint is null ? 0 : Utf8.GetBytes(viewpoint.Site, span[sizeof(ushort)..]);
        if (viewpoint is not null && (name == 0 || viewpoint.Site.Length > Viewpoint.LongestSite))
        {
            throw new InvalidOperationException($"The name of a frame's site has {viewpoint.Site.Length} characters; allowed: 1 to {Viewpoint.LongestSite}.");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)name);
        if (viewpoint is not null)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span[(sizeof(ushort) + name)..], viewpoint.X);
            BinaryPrimitives.WriteInt32LittleEndian(span[(sizeof(ushort) + name + sizeof(int))..], viewpoint.Y);
        }

        writer.Advance(size);
    }

    /// <returns>What follows.</returns>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, out Viewpoint? viewpoint)
    {
        viewpoint = null;
        var name = bytes.Length < sizeof(ushort) ? throw new InvalidDataException("The frame ends within its viewpoint.") : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        bytes = bytes[sizeof(ushort)..];
        if (name == 0)
        {
            return bytes;
        }

        if (bytes.Length < name + (2 * sizeof(int)))
        {
            throw new InvalidDataException($"The frame's site says a name of {name} bytes, but {bytes.Length} follow.");
        }

        try
        {
            var site = Utf8.GetString(bytes[..name]);
            viewpoint = site.Length <= Viewpoint.LongestSite
                ? new Viewpoint(site, BinaryPrimitives.ReadInt32LittleEndian(bytes[name..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[(name + sizeof(int))..]))
                : throw new InvalidDataException($"The frame's site has a name of {site.Length} characters; allowed: {Viewpoint.LongestSite}.");
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The frame's site has a name that is no text.", e);
        }

        return bytes[(name + (2 * sizeof(int)))..];
    }
}
