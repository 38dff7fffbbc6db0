using JellyBean.Vision.Detection;

namespace JellyBean.Vision.Tests.Detection;

public class DetectorOptionsTests
{
    [Fact]
    public void Detectors_of_no_class_are_refused_rather_than_find_nothing()
    {
        var refused = Assert.Throws<ArgumentException>(() => NanoDet.Variants([352], options: new DetectorOptions { Classes = [] }));

        Assert.Contains("Classes is empty; allowed: one class at least", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_not_possible_are_told_all_at_once()
    {
        var refused = Assert.Throws<ArgumentException>(() => CenterNet.Variants([256], new DetectorOptions { Classes = [0, 80, -1], MinScore = 1.5f, MaxIoU = float.NaN, MaxBoxes = 0, MaxBatch = 0 }));

        Assert.Contains("Classes has 80, -1; allowed: 0 to 79.", refused.Message, StringComparison.Ordinal);
        Assert.All(["MinScore is 1.5", "MaxIoU is NaN", "MaxBoxes is 0", "MaxBatch is 0"], expected => Assert.Contains(expected, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_at_their_limits_are_possible() =>
        Assert.Single(NanoDet.Variants([96], options: new DetectorOptions { Classes = [79], MinScore = 0, MaxIoU = 1, MaxBoxes = 1, MaxBatch = 1 }));
}
