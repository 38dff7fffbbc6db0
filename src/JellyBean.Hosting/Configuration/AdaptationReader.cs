using JellyBean.Runtime;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads how a run follows what arrives.</summary>
internal static class AdaptationReader
{
    /// <returns>Null where it does not.</returns>
    public static AdaptationOptions? Read(SectionReader keys)
    {
        var options = new AdaptationOptions();
        options = options with
        {
            Every = keys.Duration("every") ?? options.Every,
            Window = keys.Duration("window") ?? options.Window,
            CalmFor = keys.Duration("calm-for") ?? options.CalmFor,
            MostWait = keys.Duration("most-wait") ?? options.MostWait,
            MaySwap = keys.Flag("swap") ?? options.MaySwap,
            FollowsPaced = keys.Flag("follow-paced") ?? options.FollowsPaced,
            StepsUpOnDrift = keys.Flag("step-up-on-drift") ?? options.StepsUpOnDrift,
            MayShed = keys.Flag("shed") ?? options.MayShed,
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
