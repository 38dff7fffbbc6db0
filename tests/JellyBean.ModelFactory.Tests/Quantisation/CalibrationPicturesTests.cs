using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Quantisation;

namespace JellyBean.ModelFactory.Tests.Quantisation;

public sealed class CalibrationPicturesTests
{
    [Fact]
    public async Task Missing_pictures_are_named_with_the_package_that_has_them()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("home.jpg"), "");

        var refused = await Assert.ThrowsAsync<ModelFormatException>(() => CalibrationPictures.ReadAsync(folder.Path, 32, ChannelOrder.RedFirst, default));

        Assert.Contains("Megamind.avi", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("home.jpg", refused.Message, StringComparison.Ordinal);
        Assert.Contains("apt install opencv-doc", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Pictures_are_scaled_enough_and_the_same_each_time()
    {
        Skip.IfNot(Directory.Exists(CalibrationPictures.DefaultFolder), "The sample pictures are missing: apt install opencv-doc ffmpeg");

        CalibrationPictures blueFirst = await ReadAsync(ChannelOrder.BlueFirst), again = await ReadAsync(ChannelOrder.BlueFirst), redFirst = await ReadAsync(ChannelOrder.RedFirst);

        Assert.All(blueFirst.Pictures, picture => Assert.Equal(96 * 96 * 3, picture.Length));
        Assert.True(blueFirst.Pictures.Count >= RangeCalibration.FewestPictures);
        Assert.Equal(blueFirst.Sha256, again.Sha256);
        Assert.Equal(blueFirst.Pictures[0][..3], redFirst.Pictures[0][..3].Reverse());

        static Task<CalibrationPictures> ReadAsync(ChannelOrder channels) => CalibrationPictures.ReadAsync(CalibrationPictures.DefaultFolder, 96, channels, default);
    }
}
