using JellyBean.Vision.Accuracy;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking.Truths;

/// <summary>Holds tracks against a truth file of the whole picture, clipped to what each camera shows, or against those of another run.</summary>
/// <param name="viewOf">What a camera shows, by its name; null for a camera that is not known.</param>
public sealed class TrackingTruth(Func<string, CameraView?> viewOf) : ITruth<ITrackingResult>
{
    /// <inheritdoc />
    public IAccuracyMeter<ITrackingResult> Open(string path)
    {
        var truth = TruthFile.Read(path);
        return new TrackingMeter((camera, offered) => Clip(truth, path, camera, offered));
    }

    /// <inheritdoc />
    public IAccuracyMeter<ITrackingResult> Agreement(IReadOnlyList<ITrackingResult> reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var found = new TrackingFindings(reference);
        if (found.Cameras.Count == 0)
        {
            throw new TruthException("The run to compare with has no tracks. Take one that finds somebody.");
        }

        return new TrackingMeter((camera, offered) => new Truth(offered, found.AcrossCameras(camera)));
    }

    private Truth Clip(Truth truth, string path, string camera, long offered)
    {
        if (viewOf(camera) is not { } view)
        {
            throw new TruthException($"What camera '{camera}' shows is not known, so '{path}' cannot be held against it.");
        }

        if (view.Unlike is { } setting)
        {
            throw new TruthException($"Camera '{camera}' has {setting}, so its frames have other numbers or other coordinates than in '{path}'. Measure accuracy without that.");
        }

        if (offered > truth.Frames)
        {
            throw new TruthException($"'{path}' covers {truth.Frames} frames, but camera '{camera}' has given {offered}: it is the truth for another clip.");
        }

        var clipped = view.Region is null ? truth : truth.Clip(view.Region);
        return clipped.Boxes.IsEmpty
            ? throw new TruthException($"No box of '{path}' lies in what camera '{camera}' shows: it is the truth for another clip, or for one of another size.")
            : clipped;
    }
}
