using JellyBean.Runtime.Calibration;

namespace JellyBean.Runtime.Tests.Calibration;

public class CoreClockTests
{
    [Fact]
    public void Work_takes_time_and_nothing_takes_more_than_none()
    {
        using var clock = new CoreClock();

        var nothing = clock.Time(() => { });
        var waiting = clock.Time(() => Thread.CurrentThread.Join(20));

        // Waiting for anything but a core is service: a model on another device keeps its caller waiting.
        Assert.True(nothing > 0);
        Assert.True(waiting >= 15, $"{waiting} ms");
    }
}
