using JellyBean.Workflows.Models;

namespace JellyBean.Onnx.Tests;

public sealed class OnnxDevicesTests
{
    [Fact]
    public void Probe_processor_comes_first() => Assert.Equal(DeviceKind.Cpu, new OnnxDevices().Probe()[0].Kind);

    [Fact]
    public void Opens_tells_by_really_opening_a_session()
    {
        Assert.Equal(Device.OneCore, new OnnxDevices().Probe()[0]);

        Assert.True(OnnxDevices.Opens(Device.OneCore));
        Assert.False(OnnxDevices.Opens(new Device { Kind = DeviceKind.Gpu, Index = 99 }));
    }
}
