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

    [Theory]
    [InlineData(0, "has 0 calibration pictures")]
    [InlineData(1, "has 1 calibration picture (")]
    public async Task Folder_of_ones_own_with_too_few_pictures_is_refused_before_any_is_read(int pictures, string expected)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("notes.txt"), "no picture");
        for (int n = 0; n < pictures; n++)
            await File.WriteAllTextAsync(folder.File($"{n}.jpg"), "not looked at");

        var refused = await Assert.ThrowsAsync<ModelFormatException>(() => CalibrationPictures.ReadAllAsync(folder.Path, 32, ChannelOrder.RedFirst, default));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("allowed: 8 to 500", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_of_ones_own_that_is_not_there_is_told() => Assert.Contains(
        "There is no folder 'no-such-folder'",
        (await Assert.ThrowsAsync<ModelFormatException>(() => CalibrationPictures.ReadAllAsync("no-such-folder", 32, ChannelOrder.RedFirst, default))).Message,
        StringComparison.Ordinal);

    [SkippableFact]
    public async Task Folder_of_ones_own_is_read_in_the_order_of_its_names()
    {
        Skip.IfNot(Directory.Exists(CalibrationPictures.DefaultFolder), "The sample pictures are missing: apt install opencv-doc ffmpeg");
        using var folder = new TemporaryFolder();
        foreach (int n in Enumerable.Range(0, RangeCalibration.FewestPictures))
            File.Copy(Path.Combine(CalibrationPictures.DefaultFolder, n == 0 ? "home.jpg" : "messi5.jpg"), folder.File($"{n}.JPG"));

        CalibrationPictures read = await CalibrationPictures.ReadAllAsync(folder.Path, 32, ChannelOrder.RedFirst, default);

        Assert.Equal(RangeCalibration.FewestPictures, read.Pictures.Count);
        Assert.NotEqual(read.Pictures[0], read.Pictures[1]);
        Assert.All(read.Pictures.Skip(2), picture => Assert.Equal(read.Pictures[1], picture));
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
