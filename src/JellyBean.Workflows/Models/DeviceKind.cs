namespace JellyBean.Workflows.Models;

/// <summary>What kind of processor a variant is loaded on.</summary>
public enum DeviceKind
{
    /// <summary>Cores of the host's processor.</summary>
    Cpu,

    /// <summary>A GPU that the model runtime offers as an execution provider.</summary>
    Gpu,
}
