using JellyBean.Planning.Replanning;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads when a run of a cluster is planned anew.</summary>
internal static class ReplanningReader
{
    /// <returns>Null where only nodes that come and go, and people, lead to other plans.</returns>
    public static ReplanOptions? Read(SectionReader keys)
    {
        var options = new ReplanOptions();
        options = options with
        {
            Every = keys.Duration("every") ?? options.Every,
            CoolDown = keys.Duration("cool-down") ?? options.CoolDown,
            Ahead = keys.Duration("ahead") ?? options.Ahead,
            RateHalfLife = keys.Duration("rate-half-life") ?? options.RateHalfLife,
            DriftHalfLife = keys.Duration("drift-half-life") ?? options.DriftHalfLife,
            BandwidthFor = keys.Duration("bandwidth-for") ?? options.BandwidthFor,
            LeastGain = keys.Number("least-gain", 0, 1) ?? options.LeastGain,
            LeastDrift = keys.Number("least-drift", 0, 10) ?? options.LeastDrift,
            MostAge = keys.Number("most-age", 0.1, 10) ?? options.MostAge,
            MoveShare = keys.Number("move-share", 0, 1) ?? options.MoveShare,
        };
        var isOn = keys.Flag("enabled") ?? true;
        foreach (var (option, found, allowed) in options.Problems())
        {
            keys.RejectOption(option, found, allowed);
        }

        keys.RejectUnknown();
        return isOn ? options : null;
    }
}
