using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Accuracy;

/// <summary>How long everybody keeps one identity: over one view, or over several that share their ids.</summary>
/// <remarks>
/// Ristani et al., Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking (2016): each true identity is given at
/// most one found one and the other way round, such that the boxes they agree on are as many as possible.
/// </remarks>
/// <param name="Truths">True boxes.</param>
/// <param name="Found">Found boxes.</param>
/// <param name="Agreed">Boxes where both identities are at the same place (IDTP).</param>
public sealed record IdentityF1(long Truths, long Found, long Agreed)
{
    /// <summary>IDF1, 0–1: twice what is agreed, of all true and found boxes. 1 where there is nothing to find and nothing was found.</summary>
    public double Value => Truths + Found == 0 ? 1 : 2.0 * Agreed / (Truths + Found);

    /// <summary>Counts the boxes.</summary>
    /// <param name="frames">Of one view with its ids, or of several views with ids that hold across them; in any order.</param>
    public static IdentityF1 Of(IEnumerable<ComparedFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var (truths, found) = (0L, 0L);
        Dictionary<(long Truth, long Found), long> shared = [];
        foreach (var frame in frames)
        {
            truths += frame.Truth.Length;
            found += frame.Found.Length;
            foreach (var truth in frame.Truth)
            {
                foreach (var other in frame.Found.Where(f => truth.Box.IoU(f.Box) >= Overlaps.LeastIoU))
                {
                    shared[(truth.Id, other.Id)] = shared.GetValueOrDefault((truth.Id, other.Id)) + 1;
                }
            }
        }

        return new(truths, found, MostShared(shared));
    }

    private static long MostShared(Dictionary<(long Truth, long Found), long> shared)
    {
        if (shared.Count == 0)
        {
            return 0;
        }

        List<long> rows = [.. shared.Keys.Select(k => k.Truth).Distinct().Order()];
        List<long> columns = [.. shared.Keys.Select(k => k.Found).Distinct().Order()];
        var most = shared.Values.Max();

        // Every pair is allowed, so that the cheapest of the fullest assignments is the one that shares most.
        var costs = new double[rows.Count, columns.Count];
        for (var r = 0; r < rows.Count; r++)
        {
            for (var c = 0; c < columns.Count; c++)
            {
                costs[r, c] = 1 - ((double)shared.GetValueOrDefault((rows[r], columns[c])) / most);
            }
        }

        return Assignment.Solve(costs).Index().Where(p => p.Item >= 0).Sum(p => shared.GetValueOrDefault((rows[p.Index], columns[p.Item])));
    }
}
