using JellyBean.Hosting.Profiles;
using JellyBean.Planning.Costs;
using JellyBean.Workflows.Models;

namespace JellyBean.Benchmarks.Figures;

/// <summary>How many times as long the example's models run while this machine's other cores are busy.</summary>
internal static class MeasuredInterference
{
    /// <summary>The median over variants and batch sizes, worst neighbour each, of the latest profile of this machine that has co-running times; null where <c>profile</c> has measured none.</summary>
    public static async Task<double?> MedianAsync()
    {
        var folder = Path.Combine(ModelCache.Folder, "profiles");
        if (!Directory.Exists(folder))
        {
            return null;
        }

        foreach (var file in Directory.GetFiles(folder, "tracking-*.json").OrderByDescending(File.GetLastWriteTimeUtc))
        {
            var factors = Interference.Factors(await ProfileFile.ReadAsync(file, CancellationToken.None)).Values.Order().ToList();
            if (factors.Count > 0)
            {
                return factors[factors.Count / 2];
            }
        }

        return null;
    }
}
