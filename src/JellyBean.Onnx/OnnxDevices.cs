using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.Onnx;

/// <summary>The devices that ONNX Runtime can use on this host.</summary>
public sealed class OnnxDevices : IDeviceProbe
{
    private const int MostAccelerators = 16;

    // y = Identity(x), one float; opset 13, IR 7: the least model whose session opens a provider.
    private static readonly byte[] Identity =
    [
        0x08, 0x07, 0x3A, 0x2F, 0x0A, 0x10, 0x0A, 0x01, 0x78, 0x12, 0x01, 0x79, 0x22, 0x08, 0x49, 0x64, 0x65, 0x6E, 0x74, 0x69, 0x74, 0x79,
        0x12, 0x01, 0x67, 0x5A, 0x0B, 0x0A, 0x01, 0x78, 0x12, 0x06, 0x0A, 0x04, 0x08, 0x01, 0x12, 0x00, 0x62, 0x0B, 0x0A, 0x01, 0x79, 0x12,
        0x06, 0x0A, 0x04, 0x08, 0x01, 0x12, 0x00, 0x42, 0x04, 0x0A, 0x00, 0x10, 0x0D,
    ];

    /// <inheritdoc />
    /// <exception cref="ModelLoadException">ONNX Runtime's native library is missing.</exception>
    public IReadOnlyList<Device> Probe()
    {
        OnnxEnvironment.Ensure();
        List<Device> devices = [Device.OneCore];
        if (ExecutionProviders.OffersGpu)
        {
            for (var index = 0; index < MostAccelerators; index++)
            {
                var device = new Device { Kind = DeviceKind.Gpu, Index = index };
                if (!Opens(device))
                {
                    break;
                }

                devices.Add(device);
            }
        }

        return devices;
    }

    /// <summary>Whether a session really opens on a device; a provider that is listed may still lack its libraries.</summary>
    internal static bool Opens(Device device)
    {
        try
        {
            using var settings = ExecutionProviders.Settings("probe", device);
            using var session = new InferenceSession(Identity, settings);
            return true;
        }
        catch (Exception e) when (e is ModelLoadException or OnnxRuntimeException)
        {
            return false;
        }
    }
}
