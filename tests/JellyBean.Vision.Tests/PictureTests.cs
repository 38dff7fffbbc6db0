using CsCheck;

namespace JellyBean.Vision.Tests;

public sealed class PictureTests
{
    [Fact]
    public void Pixels_are_what_decoding_the_jpeg_gives() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int).Sample(
            (width, height, seed) =>
            {
                var made = Picture.FromPixels(Pixels.Noise(width, height, seed), width, height, PixelFormat.Rgbx);
                var received = Picture.FromJpeg(made.Jpeg.Span);

                Assert.Equal((width, height), (received.Width, received.Height));
                Assert.True(made.Pixels.SequenceEqual(received.Pixels));
                Assert.Equal(width * height * 4, made.Pixels.Length);
            },
            iter: 50);

    [Theory]
    [InlineData(PixelFormat.Rgb, new byte[] { 200, 100, 50 })]
    [InlineData(PixelFormat.Bgr, new byte[] { 50, 100, 200 })]
    [InlineData(PixelFormat.Rgbx, new byte[] { 200, 100, 50, 0 })]
    [InlineData(PixelFormat.Bgrx, new byte[] { 50, 100, 200, 9 })]
    public void FromPixels_formats_mean_the_same_colour(PixelFormat format, byte[] pixel)
    {
        var picture = Picture.FromPixels([.. Enumerable.Repeat(pixel, 16 * 16).SelectMany(p => p)], 16, 16, format);

        Assert.InRange(picture.Pixels[0], 196, 204);
        Assert.InRange(picture.Pixels[1], 96, 104);
        Assert.InRange(picture.Pixels[2], 46, 54);
        Assert.Equal(255, picture.Pixels[3]);
    }

    [Fact]
    public void FromPixels_too_few_bytes_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Picture.FromPixels(new byte[10], 2, 2, PixelFormat.Rgb));

        Assert.Contains("take 12 bytes; found 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pixels_many_threads_get_the_same_decoded_bytes()
    {
        var picture = Picture.FromJpeg(Pixels.Frame(64, 64).Picture.Jpeg.Span);

        var sums = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => picture.Shared)));

        Assert.All(sums, s => Assert.True(s.Equals(sums[0])));
    }

    [Fact]
    public void FromJpeg_cut_off_is_refused()
    {
        var jpeg = Pixels.Frame(40, 40).Picture.Jpeg.ToArray();

        Assert.Throws<InvalidDataException>(() => Picture.FromJpeg(jpeg.AsSpan(0, jpeg.Length - 2)));
        Assert.Throws<InvalidDataException>(() => Picture.FromJpeg(jpeg.AsSpan(0, 20)));
        Assert.Throws<InvalidDataException>(() => Picture.FromJpeg([]));
    }

    [Fact]
    public void FromJpeg_any_bytes_give_a_picture_or_InvalidData() =>
        Gen.Select(Gen.Int[0, 600], Gen.Byte, Gen.Int[0, 600]).Sample((at, value, cut) =>
        {
            var jpeg = Pixels.Frame(24, 16).Picture.Jpeg.ToArray();
            jpeg[at % jpeg.Length] = value;
            var bytes = cut % 3 == 0 ? jpeg.AsSpan(cut % jpeg.Length) : jpeg;
            try
            {
                _ = Picture.FromJpeg(bytes).Pixels.Length;
            }
            catch (InvalidDataException)
            {
                // The one allowed answer to damaged bytes.
            }
        });

    [Fact]
    public void Crop_is_that_part_of_the_frame_in_its_own_encoding()
    {
        var frame = new Frame("north", 3, DateTimeOffset.UnixEpoch, Pixels.Plain(64, 48, 10, 200, 30));

        var crop = frame.Crop(new Box(10.5f, -4, 20, 30, 0.7f));

        Assert.Equal((21, 26), (crop.Width, crop.Height));
        Assert.Equal((3, "north", 0.7f), (crop.Number, crop.Camera, crop.Box.Score));
        Assert.InRange(crop.Pixels[1], 196, 204);
    }

    [Theory]
    [InlineData(-50, -50, 10, 10)]
    [InlineData(500, 500, 10, 10)]
    [InlineData(5, 5, 0, 0)]
    public void Crop_off_the_frame_is_at_least_one_pixel(float x, float y, float width, float height)
    {
        var crop = Pixels.Frame(32, 32).Crop(new Box(x, y, width, height));

        Assert.True(crop is { Width: >= 1, Height: >= 1 });
    }
}
