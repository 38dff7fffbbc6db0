using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Tests.Telemetry;

public class CoreClockTests
{
    [Fact]
    public void Work_takes_time_and_nothing_takes_more_than_none()
    {
        var nothing = CoreClock.Time(() => { });
        var waiting = CoreClock.Time(() => Thread.CurrentThread.Join(20));

        // Waiting for anything but a core is service: a model on another device keeps its caller waiting.
        Assert.True(nothing > 0);
        Assert.True(waiting >= 15, $"{waiting} ms");
    }
}
