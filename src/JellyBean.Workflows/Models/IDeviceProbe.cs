namespace JellyBean.Workflows.Models;

/// <summary>Finds the devices that a model runtime can use on this host.</summary>
public interface IDeviceProbe
{
    /// <summary>The devices, the processor first. Accelerators appear only if their execution provider really loads.</summary>
    IReadOnlyList<Device> Probe();
}
