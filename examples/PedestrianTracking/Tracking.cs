using JellyBean.Vision;
using JellyBean.Vision.Appearance;
using JellyBean.Vision.Detection;
using JellyBean.Vision.Identities;
using JellyBean.Vision.Tracking;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking;

/// <summary>Who walks where: frames of cameras become tracks of people.</summary>
public static class Tracking
{
    // Half the time between two frames of ten a second: cameras need not take their pictures at the same moment.
    private static readonly TimeSpan SameTime = TimeSpan.FromMilliseconds(50);

    /// <summary>The cameras; which ones is configuration. Files wait where the workflow is slower than they are, so no frame is lost.</summary>
    public static Input<Frame> Cameras { get; } = new("cameras") { Tier = Tier.Edge, Overload = Overload.Block };

    /// <summary>Everyone seen in every frame, with an identity that lasts.</summary>
    public static Output<PersonSeen> Tracks { get; } = new("tracks");

    /// <summary>Who at one camera is who at another one, whenever both see them.</summary>
    public static Output<SamePerson> Identities { get; } = new("identities");

    /// <summary>Finds people in a frame. Larger inputs find more of them and take longer; those that others beat in everything are the planner's to leave out.</summary>
    public static Model<Frame, IReadOnlyList<Box>> Detector { get; } =
        Model.Define("detector", [.. NanoDet.Variants([160, 192, 256, 320, 352, 416], int8: true), .. CenterNet.Variants([192, 256, 320, 384])]);

    /// <summary>Says how a person looks, so that the tracker tells people apart who cross each other's way.</summary>
    public static Model<Crop, Look> Embedder { get; } = Model.Define("embedder", StripeHistogram.Variants(1, 3, 6));

    /// <summary>The workflow.</summary>
    public static Workflow Workflow { get; } = Workflow.Define("tracking", w =>
    {
        var tracks = w.From(Cameras)
            .Infer(Detector, (frame, boxes) => new Seen(frame, boxes))
            .Watch("mean-score", seen => seen.MeanScore, mostDrift: 0.1)

            // Frames end here: what goes on is small pieces, and the boxes.
            .InferMany(Embedder, parts: seen => seen.Crops(), keep: seen => seen.WithoutPixels(), (sighting, looks) => sighting with { Looks = looks })
            .KeyBy(sighting => sighting.Camera)
            .Process("tracker", Tracker.State, (state, sighting) => state.Advance(sighting));

        tracks.Select(PersonSeen.Of, name: "people")
            .To(Tracks, new() { Accuracy = new("mota", 0.75), P99 = TimeSpan.FromSeconds(1) });

        var bySite = tracks.KeyBy(SamePerson.SiteOf);
        bySite.JoinWithin("same-person", bySite, SameTime, Overlap.IsSame, SamePerson.Of)
            .To(Identities);
    });
}
