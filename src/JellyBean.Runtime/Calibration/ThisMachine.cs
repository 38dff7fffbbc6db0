using System.Runtime.InteropServices;
using JellyBean.Planning.Profiles;

namespace JellyBean.Runtime.Calibration;

/// <summary>Tells what machine this is, as far as service times depend on it.</summary>
public static class ThisMachine
{
    /// <summary>Its fingerprint.</summary>
    public static MachineFingerprint Fingerprint { get; } = new()
    {
        Processor = Processor(),
        Cores = Environment.ProcessorCount,
        System = $"{RuntimeInformation.OSDescription.Trim()} {RuntimeInformation.OSArchitecture}",
        Runtime = RuntimeInformation.FrameworkDescription,
    };

    private static string Processor()
    {
        const string List = "/proc/cpuinfo";
        if (File.Exists(List))
        {
            // Arm says "CPU part" where x86 says "model name".
            var line = File.ReadLines(List).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                ?? File.ReadLines(List).FirstOrDefault(l => l.StartsWith("CPU part", StringComparison.Ordinal));
            if (line?.Split(':', 2) is [_, var name])
            {
                return name.Trim();
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
