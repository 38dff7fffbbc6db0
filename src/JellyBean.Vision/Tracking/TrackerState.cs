using JellyBean.Vision.Appearance;

namespace JellyBean.Vision.Tracking;

/// <summary>The tracks of one camera. Not thread-safe; a function of what was advanced: no clock, no randomness.</summary>
/// <remarks>
/// ByteTrack's two stages (Zhang et al. 2022): tracks are matched with sure boxes, then those left over with unsure ones; here with
/// likeness beside overlap, and a last stage in which lost tracks are found again by likeness and reachable distance.
/// </remarks>
public sealed class TrackerState
{
    /// <summary>Of the form that <see cref="Snapshot"/> writes.</summary>
    public const int Version = 2;

    // Walking speed in heights per second, above which somebody lost has not come this far.
    private const double ReachPerSecond = 1.0;
    private const double LeastReach = 0.5;

    private readonly TrackerOptions _options;
    private readonly List<Track> _tracks;
    private long _nextId;
    private DateTimeOffset? _at;

    private TrackerState(TrackerOptions options, List<Track> tracks, long nextId, DateTimeOffset? at)
    {
        _options = options;
        _tracks = tracks;
        _nextId = nextId;
        _at = at;
    }

    /// <summary>The state of a camera that has shown nothing yet.</summary>
    /// <param name="options"><see cref="TrackerOptions.Default"/> unless given.</param>
    public static TrackerState Create(TrackerOptions? options = null) => new(options ?? TrackerOptions.Default, [], nextId: 1, at: null);

    /// <summary>Reads what <see cref="Snapshot"/> wrote; the state goes on as if nothing had happened.</summary>
    /// <param name="bytes">Untrusted.</param>
    /// <param name="options">As the state was made with.</param>
    /// <exception cref="InvalidDataException">The bytes are of another version, or no snapshot.</exception>
    public static TrackerState Restore(ReadOnlyMemory<byte> bytes, TrackerOptions? options = null)
    {
        var (tracks, nextId, at) = TrackerSnapshot.Read(bytes);
        return new(options ?? TrackerOptions.Default, tracks, nextId, at);
    }

    /// <summary>Writes the state.</summary>
    public byte[] Snapshot() => TrackerSnapshot.Write(_tracks, _nextId, _at);

    /// <summary>Takes what was seen in the next frame.</summary>
    /// <param name="sighting">Later than the one before; time that stands still or runs back counts as no time.</param>
    /// <returns>The confirmed tracks that this frame shows, by id.</returns>
    /// <exception cref="ArgumentException">There are looks, but not one per box.</exception>
    public IReadOnlyList<TrackedBox> Advance(Sighting sighting)
    {
        ArgumentNullException.ThrowIfNull(sighting);
        if (sighting.Looks.Count != 0 && sighting.Looks.Count != sighting.Boxes.Count)
        {
            throw new ArgumentException($"Frame {sighting.Number} of '{sighting.Camera}' has {sighting.Boxes.Count} boxes and {sighting.Looks.Count} looks; give one per box or none.", nameof(sighting));
        }

        var seconds = Math.Max(0, (sighting.CapturedAt - (_at ?? sighting.CapturedAt)).TotalSeconds);
        _at = sighting.CapturedAt;
        var wasSeen = _tracks.Where(t => t.IsSeen).ToHashSet();
        foreach (var track in _tracks)
        {
            track.Predict(seconds);
            track.IsSeen = false;
        }

        List<int> sure = [.. Indices(sighting, score => score >= _options.SureScore)];
        List<int> unsure = [.. Indices(sighting, score => score < _options.SureScore && score >= _options.UnsureScore)];
        List<Track> open = [.. _tracks.Where(t => t.IsConfirmed)];
        Match(open, sure, sighting, isSure: true, (t, i) => ByOverlap(t, sighting, i, _options.SureIoU));
        List<Track> recent = [.. open.Where(t => wasSeen.Contains(t) && sighting.CapturedAt - t.SureAt <= _options.UnsureFor)];
        Match(recent, unsure, sighting, isSure: false, (t, i) => ByOverlap(t, sighting, i, _options.UnsureIoU));
        open.RemoveAll(t => t.IsSeen);

        List<Track> tentative = [.. _tracks.Where(t => !t.IsConfirmed)];
        Match(tentative, sure, sighting, isSure: true, (t, i) => ByOverlap(t, sighting, i, _options.SureIoU));
        if (sighting.Looks.Count > 0)
        {
            Match(open, sure, sighting, isSure: true, (t, i) => ByLikeness(t, sighting, i));
        }

        _tracks.RemoveAll(t => !t.IsSeen && (!t.IsConfirmed || sighting.CapturedAt - t.SeenAt > _options.LostFor));
        foreach (var i in sure.Where(i => sighting.Boxes[i].Score >= _options.NewScore))
        {
            _tracks.Add(Track.Begin(sighting.Boxes[i], LookOf(sighting, i), sighting.CapturedAt));
        }

        foreach (var track in _tracks.Where(t => !t.IsConfirmed && t.Hits >= _options.ConfirmAfter))
        {
            track.Id = _nextId++;
        }

        return [.. _tracks
            .Where(t => t.IsConfirmed && (t.IsSeen || sighting.CapturedAt - t.SeenAt <= _options.CoastFor))
            .OrderBy(t => t.Id)
            .Select(t => new TrackedBox(sighting.Camera, t.Id, sighting.Number, sighting.CapturedAt, t.Box, t.Look, sighting.Viewpoint))];
    }

    private static IEnumerable<int> Indices(Sighting sighting, Func<float, bool> score) =>
        Enumerable.Range(0, sighting.Boxes.Count).Where(i => score(sighting.Boxes[i].Score));

    private static Look? LookOf(Sighting sighting, int index) => sighting.Looks.Count > 0 ? sighting.Looks[index] : null;

    /// <summary>Matches tracks with boxes; what is matched leaves both lists.</summary>
    private static void Match(List<Track> tracks, List<int> boxes, Sighting sighting, bool isSure, Func<Track, int, double> cost)
    {
        var costs = new double[tracks.Count, boxes.Count];
        for (var t = 0; t < tracks.Count; t++)
        {
            for (var b = 0; b < boxes.Count; b++)
            {
                costs[t, b] = tracks[t].Class == sighting.Boxes[boxes[b]].Class ? cost(tracks[t], boxes[b]) : Assignment.Forbidden;
            }
        }

        var matched = Assignment.Solve(costs);
        HashSet<int> taken = [];
        for (var t = 0; t < matched.Length; t++)
        {
            if (matched[t] >= 0)
            {
                var index = boxes[matched[t]];
                tracks[t].See(sighting.Boxes[index], LookOf(sighting, index), sighting.CapturedAt, isSure);
                taken.Add(index);
            }
        }

        tracks.RemoveAll(t => t.IsSeen);
        boxes.RemoveAll(taken.Contains);
    }

    private double ByOverlap(Track track, Sighting sighting, int index, float leastIoU)
    {
        var overlap = track.Box.IoU(sighting.Boxes[index]);
        if (overlap < leastIoU)
        {
            return Assignment.Forbidden;
        }

        var unlike = Likeness(track, sighting, index) is { } likeness ? _options.LookWeight * (1 - likeness) : 0;
        return 1 - overlap + unlike;
    }

    private double ByLikeness(Track track, Sighting sighting, int index)
    {
        if (Likeness(track, sighting, index) is not { } likeness || likeness < _options.FoundAgainLikeness)
        {
            return Assignment.Forbidden;
        }

        var (expected, seen) = (track.Box, sighting.Boxes[index]);
        var distance = Math.Sqrt(
            Math.Pow(track.X.Value - (seen.X + (seen.Width / 2)), 2) + Math.Pow(track.Y.Value - (seen.Y + (seen.Height / 2)), 2));
        var reach = (LeastReach + (ReachPerSecond * (sighting.CapturedAt - track.SeenAt).TotalSeconds)) * expected.Height;
        return distance <= reach && seen.Height > expected.Height / 2 && seen.Height < expected.Height * 2
            ? 1 - likeness + (distance / reach)
            : Assignment.Forbidden;
    }

    private static float? Likeness(Track track, Sighting sighting, int index) =>
        track.Look is { } look && LookOf(sighting, index) is { } other && look.Values.Length == other.Values.Length ? look.Cosine(other) : null;
}
