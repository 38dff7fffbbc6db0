using System.Buffers.Binary;

namespace JellyBean.Vision.Payloads;

/// <summary>Reads the size out of a JPEG without decoding it, and refuses what is cut off or not a plain JPEG.</summary>
/// <remarks>ITU-T T.81, annex B.</remarks>
internal static class JpegHeader
{
    private const byte Prefix = 0xFF;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const int LongestPadding = 64;

    public static (int Width, int Height) Read(ReadOnlySpan<byte> jpeg)
    {
        if (jpeg.Length < 4 || jpeg[0] != Prefix || jpeg[1] != StartOfImage)
        {
            throw new InvalidDataException("The bytes are not a JPEG: they do not begin with its mark.");
        }

        // Encoders may pad after the end mark, but only a little.
        if (jpeg[^Math.Min(jpeg.Length, LongestPadding)..].LastIndexOf([Prefix, EndOfImage]) < 0)
        {
            throw new InvalidDataException("The JPEG is cut off: its end mark is missing.");
        }

        for (var at = 2; at + 4 <= jpeg.Length;)
        {
            if (jpeg[at] != Prefix)
            {
                break;
            }

            var marker = jpeg[at + 1];
            if (marker == Prefix)
            {
                at++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            var segment = jpeg[(at + 4)..];
            if (length < 2 || segment.Length < length - 2 || marker == StartOfScan)
            {
                break;
            }

            // Baseline, extended and progressive, Huffman-coded.
            if (marker is 0xC0 or 0xC1 or 0xC2)
            {
                return Frame(segment[..(length - 2)]);
            }

            at += 2 + length;
        }

        throw new InvalidDataException("The JPEG has no readable frame header before its data.");
    }

    private static (int Width, int Height) Frame(ReadOnlySpan<byte> header)
    {
        if (header.Length < 6)
        {
            throw new InvalidDataException("The JPEG's frame header is too short.");
        }

        var (depth, height, width, channels) = (header[0], BinaryPrimitives.ReadUInt16BigEndian(header[1..]), BinaryPrimitives.ReadUInt16BigEndian(header[3..]), header[5]);
        if (depth != 8 || channels is not (1 or 3) || width is 0 or > Picture.MaxSide || height is 0 or > Picture.MaxSide)
        {
            throw new InvalidDataException($"The JPEG is {width}×{height} with {channels} channels of {depth} bits; allowed: sides of 1 to {Picture.MaxSide}, 1 or 3 channels, 8 bits.");
        }

        return (width, height);
    }
}
