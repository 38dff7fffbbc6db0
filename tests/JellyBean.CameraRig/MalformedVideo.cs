using System.Text;

namespace JellyBean.CameraRig;

/// <summary>Video as nobody should send it, made from a good clip; the same each time.</summary>
public static class MalformedVideo
{
    private const int Packet = 188;
    private const int RandomBytes = 10 * 250_000;

    /// <summary>Each with a name that tells what is wrong.</summary>
    /// <param name="clip">A transport stream of H.264.</param>
    public static IEnumerable<(string Name, byte[] Bytes)> Of(string clip)
    {
        var good = File.ReadAllBytes(clip);
        yield return ("empty.ts", []);
        yield return ("cut-in-head.ts", good[..100]);
        yield return ("cut-in-picture.ts", good[..((good.Length / 3) + 77)]);
        yield return ("head-missing.ts", good[(good.Length / 2)..]);
        foreach (var share in new[] { 1e-5, 1e-4, 1e-3, 1e-2 })
        {
            yield return (FormattableString.Invariant($"flipped-{share}.ts"), Flip(good, share));
        }

        yield return ("packets-missing.ts", [.. Enumerable.Range(0, good.Length / Packet).Where(i => i % 7 != 3).SelectMany(i => good[(i * Packet)..((i + 1) * Packet)])]);
        yield return ("packets-shuffled.ts", Shuffle(good));
        yield return ("random-10s.ts", Noise(RandomBytes));
        yield return ("random-after-good.ts", [.. good[..(good.Length / 2)], .. Noise(RandomBytes / 10)]);
        yield return ("zeros.ts", new byte[1_000_000]);
        yield return ("wrong-codec.mp4", Mp4.Of(good, "hvc1", 320, 240));
        yield return ("wrong-size.mp4", Mp4.Of(good, "avc1", 65_535, 65_535));
        yield return ("absurd.ppm", [.. "P6\n100000 100000\n255\n"u8, .. Noise(10_000)]);
        yield return ("absurd.bmp", Bmp(int.MaxValue, int.MaxValue));
        yield return ("absurd.y4m", [.. "YUV4MPEG2 W30000 H30000 F25:1 C420\nFRAME\n"u8, .. Noise(10_000)]);
        yield return ("text.ts", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("This is no video. ", 5000))));
    }

    private static byte[] Flip(byte[] bytes, double share)
    {
        var (random, flipped) = (new Random(7), (byte[])bytes.Clone());
        for (var i = 0; i < (int)(bytes.Length * share) + 1; i++)
        {
            flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }

        return flipped;
    }

    private static byte[] Shuffle(byte[] bytes)
    {
        var order = Enumerable.Range(0, bytes.Length / Packet).ToArray();
        new Random(7).Shuffle(order);
        return [.. order.SelectMany(i => bytes[(i * Packet)..((i + 1) * Packet)])];
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Bmp(int width, int height) =>
        [.. "BM"u8, .. BitConverter.GetBytes(1000), 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height), 1, 0, 24, 0, .. new byte[1000]];

    /// <summary>A container whose description of its one picture is a lie.</summary>
    private static class Mp4
    {
        public static byte[] Of(byte[] data, string codec, int width, int height)
        {
            var entry = Box(codec, [.. new byte[6], 0, 1, .. new byte[16], .. Big(width, 2), .. Big(height, 2), .. new byte[50]]);
            byte[] sizes = [0, 0, 0, 0, .. Big(1000, 4), .. Big(1, 4)];
            var table = Box("stbl", [
                .. Box("stsd", [0, 0, 0, 0, .. Big(1, 4), .. entry]), .. Box("stts", [0, 0, 0, 0, .. Big(1, 4), .. Big(1, 4), .. Big(1, 4)]),
                .. Box("stsc", [0, 0, 0, 0, .. Big(1, 4), .. Big(1, 4), .. Big(1, 4), .. Big(1, 4)]), .. Box("stsz", sizes), .. Box("stco", [0, 0, 0, 0, .. Big(1, 4), .. Big(600, 4)])]);
            var media = Box("mdia", [
                .. Box("mdhd", [.. new byte[12], .. Big(10, 4), .. Big(1, 4), .. new byte[4]]), .. Box("hdlr", [.. new byte[8], .. "vide"u8, .. new byte[13]]), .. Box("minf", table)]);
            return [.. Box("ftyp", [.. "isom"u8, 0, 0, 0, 1]), .. Box("moov", Box("trak", media)), .. Box("mdat", data[..5000])];
        }

        private static byte[] Box(string name, byte[] content) => [.. Big(content.Length + 8, 4), .. Encoding.ASCII.GetBytes(name), .. content];

        private static byte[] Big(int value, int bytes) => [.. Enumerable.Range(0, bytes).Select(i => (byte)(value >> (8 * (bytes - 1 - i))))];
    }
}
