using System.Collections.Immutable;
using JellyBean.Vision;
using JellyBean.Vision.Accuracy;
using JellyBean.Vision.Identities;

namespace PedestrianTracking.Truths;

/// <summary>What a run says of people, in the form that it is measured in.</summary>
internal sealed class TrackingFindings
{
    private readonly ILookup<string, PersonSeen> _seen;
    private readonly ImmutableSortedDictionary<CameraTrack, long> _identities;

    public TrackingFindings(IReadOnlyList<ITrackingResult> results)
    {
        _seen = results.OfType<PersonSeen>().ToLookup(p => p.Camera, StringComparer.Ordinal);
        _identities = PeopleAcross.Identities(results);
    }

    public IReadOnlyList<string> Cameras => [.. _seen.Select(c => c.Key).Order(StringComparer.Ordinal)];

    /// <summary>Under the numbers that people have at a camera.</summary>
    public ImmutableArray<LabelledBox> AtCamera(string camera) => [.. _seen[camera].Select(p => Label(p, p.Person))];

    /// <summary>Under the numbers that people have across all cameras.</summary>
    public ImmutableArray<LabelledBox> AcrossCameras(string camera) => [.. _seen[camera].Select(p => Label(p, _identities[p.CameraTrack]))];

    private static LabelledBox Label(PersonSeen seen, long id) => new(seen.Frame, id, new Box(seen.X, seen.Y, seen.Width, seen.Height, seen.Score));
}
