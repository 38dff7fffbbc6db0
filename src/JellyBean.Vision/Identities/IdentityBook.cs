using System.Collections.Immutable;

namespace JellyBean.Vision.Identities;

/// <summary>Gives the tracks of one person, at whatever camera, one identity: from the meetings of tracks that an event-time join found.</summary>
/// <remarks>
/// Tracks are joined in the order of how often they met, unless that would put two tracks of one camera together that were there at the same
/// time: agglomerative clustering with cannot-link constraints (Davidson and Ravi 2005). So a track that begins anew after its camera lost
/// somebody is joined to the old one through the other camera's, and two who walk close to each other are not. What is added may come in any order.
/// Not thread-safe.
/// </remarks>
public sealed class IdentityBook
{
    // A meeting or two happen to people who pass each other at the moment in which one is hidden.
    private const int LeastMeetings = 3;

    private readonly SortedDictionary<CameraTrack, (long First, long Last)> _spans = [];
    private readonly SortedDictionary<(CameraTrack One, CameraTrack Other), long> _meetings = [];

    /// <summary>A track was in a frame of its camera.</summary>
    public void See(CameraTrack track, long frame) =>
        _spans[track] = _spans.TryGetValue(track, out var span) ? (Math.Min(span.First, frame), Math.Max(span.Last, frame)) : (frame, frame);

    /// <summary>Two tracks of different cameras were seen to be one person, once more.</summary>
    public void Meet(CameraTrack one, CameraTrack other)
    {
        if (one.Camera == other.Camera)
        {
            throw new ArgumentException($"Tracks {one.Track} and {other.Track} are both of camera '{one.Camera}'; people meet themselves only at another one.", nameof(other));
        }

        var pair = one.CompareTo(other) < 0 ? (one, other) : (other, one);
        _meetings[pair] = _meetings.GetValueOrDefault(pair) + 1;
    }

    /// <summary>Who is who, by what was added so far.</summary>
    /// <returns>For every track that was seen its identity: from 1, in the order in which people first appear.</returns>
    public ImmutableSortedDictionary<CameraTrack, long> Identities()
    {
        var groups = _spans.Keys.ToDictionary(t => t, t => new List<CameraTrack> { t });
        var pairs = _meetings.Where(m => m.Value >= LeastMeetings && groups.ContainsKey(m.Key.One) && groups.ContainsKey(m.Key.Other)).OrderByDescending(m => m.Value);
        foreach (var (one, other) in pairs.Select(p => p.Key))
        {
            var (into, from) = (groups[one], groups[other]);
            if (!ReferenceEquals(into, from) && !into.Any(a => from.Any(b => AreBothThere(a, b))))
            {
                into.AddRange(from);
                from.ForEach(t => groups[t] = into);
            }
        }

        return groups.Values.Distinct()
            .OrderBy(g => g.Min(t => _spans[t].First)).ThenBy(g => g.Min())
            .SelectMany((group, i) => group.Select(track => KeyValuePair.Create(track, i + 1L)))
            .ToImmutableSortedDictionary();
    }

    private bool AreBothThere(CameraTrack one, CameraTrack other) =>
        one.Camera == other.Camera && _spans[one].First <= _spans[other].Last && _spans[other].First <= _spans[one].Last;
}
