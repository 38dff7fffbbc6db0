using JellyBean.Vision.Appearance;
using JellyBean.Workflows.Models;

namespace JellyBean.Vision.Tests.Appearance;

public sealed class LookTests
{
    [Fact]
    public void Cosine_tells_likeness()
    {
        Assert.Equal(1, Look.Of([3, 4]).Cosine(Look.Of([6, 8])), 1e-6f);
        Assert.Equal(0, new Look([1, 0]).Cosine(new Look([0, 1])));
        Assert.Equal(0, new Look([0, 0]).Cosine(new Look([0, 1])));
        Assert.Throws<ArgumentException>(() => new Look([1]).Cosine(new Look([0, 1])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task StripeHistogram_same_clothes_are_more_alike_than_others(int stripes)
    {
        var variant = StripeHistogram.Variants(stripes).Single();
        using var loaded = await variant.LoadAsync(Device.OneCore, CancellationToken.None);
        var looks = new Look[3];

        loaded.Run([Person(200, 30, 30, 40), Person(190, 40, 35, 52), Person(30, 60, 180, 40)], looks);

        Assert.Equal($"stripes-{stripes}", variant.Name);
        Assert.Equal(72 * stripes, looks[0].Values.Length);
        Assert.Equal(1, looks[0].Cosine(looks[0]), 1e-5f);
        Assert.True(looks[0].Cosine(looks[1]) > looks[0].Cosine(looks[2]) + 0.2f);
    }

    [Fact]
    public async Task StripeHistogram_stripes_tell_shirt_from_trousers()
    {
        using var loaded = await StripeHistogram.Variants(3).Single().LoadAsync(Device.OneCore, CancellationToken.None);
        var looks = new Look[2];

        loaded.Run([Halves((200, 30, 30), (30, 30, 200)), Halves((30, 30, 200), (200, 30, 30))], looks);

        Assert.True(looks[0].Cosine(looks[1]) < 0.6f);
    }

    [Fact]
    public void StripeHistogram_tiniest_crop_has_a_look() =>
        Assert.Equal(72 * 6, StripeHistogram.Of(Pixels.Frame(4, 4).Crop(new Box(0, 0, 1, 1)), 6).Values.Length);

    private static Crop Person(byte red, byte green, byte blue, int height) =>
        new("north", 0, DateTimeOffset.UnixEpoch, new Box(0, 0, 20, height), Pixels.Plain(20, height, red, green, blue));

    private static Crop Halves((byte R, byte G, byte B) upper, (byte R, byte G, byte B) lower)
    {
        var pixels = Enumerable.Range(0, 32 * 64).SelectMany(i => i < 32 * 32 ? new[] { upper.R, upper.G, upper.B } : [lower.R, lower.G, lower.B]).ToArray();
        return new("north", 0, DateTimeOffset.UnixEpoch, default, Picture.FromPixels(pixels, 32, 64, PixelFormat.Rgb));
    }
}
