using BenchmarkDotNet.Attributes;
using JellyBean.Vision;

namespace JellyBean.Benchmarks.HotPaths;

/// <summary>What a frame costs before a detector sees it, against copying its pixels.</summary>
[MemoryDiagnoser]
public class PictureBenchmark
{
    private const int Width = 448;
    private const int Height = 576;
    private readonly byte[] _pixels = new byte[Width * Height * 3];
    private readonly byte[] _copy = new byte[Width * Height * 3];
    private Picture _picture = null!;

    [GlobalSetup]
    public void Draw()
    {
        new Random(1).NextBytes(_pixels);

        // Smooth, as pictures are: noise compresses unlike any of them.
        for (var i = 3 * Width; i < _pixels.Length; i++)
        {
            _pixels[i] = (byte)((_pixels[i] + (15 * _pixels[i - (3 * Width)])) / 16);
        }

        _picture = Picture.FromPixels(_pixels, Width, Height, PixelFormat.Bgr);
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _pixels.CopyTo(_copy, 0);

    [Benchmark]
    public Picture Encode() => Picture.FromPixels(_pixels, Width, Height, PixelFormat.Bgr);

    [Benchmark]
    public int Decode() => Picture.FromJpeg(_picture.Jpeg.Span).Pixels.Length;
}
