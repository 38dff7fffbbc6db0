using JellyBean.Planning.Profiles;

namespace JellyBean.Hosting.Profiles;

/// <summary>Why a profile's times may not hold here.</summary>
internal static class ProfileDifferences
{
    /// <summary>What differs between where a profile was measured and here; empty where nothing does.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="here">This machine.</param>
    /// <param name="build">The fingerprint of this program's workflow and build.</param>
    public static IEnumerable<string> Of(Profile profile, MachineFingerprint here, string build)
    {
        if (profile.ServiceTimes.Length > 0 && profile.ServiceTimes.All(t => t.WorkerType is not null || t.ServiceMs == 0))
        {
            // Every time names the type of machine that it holds for.
            return [];
        }

        (string What, string There, string Here)[] facts =
        [
            ("processor", profile.Machine.Processor, here.Processor),
            ("cores", $"{profile.Machine.Cores}", $"{here.Cores}"),
            ("system", profile.Machine.System, here.System),
            ("runtime", profile.Machine.Runtime, here.Runtime),
            ("program", profile.Build ?? "unknown", build),
        ];
        return facts.Where(f => f.There != f.Here).Select(f => $"{f.What} was {f.There}, here it is {f.Here}");
    }
}
