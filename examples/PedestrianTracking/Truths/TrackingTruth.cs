using JellyBean.Vision.Accuracy;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking.Truths;

/// <summary>Holds tracks against a truth file of the whole picture, clipped to what each camera shows, or against those of another run.</summary>
/// <param name="viewOf">What a camera shows, by its name; null for a camera that is not known.</param>
public sealed class TrackingTruth(Func<string, CameraView?> viewOf) : ITruth<ITrackingResult>
{
    /// <inheritdoc />
    public IReadOnlyCollection<string> LessIsBetter => [TrackingMeter.IdSwitches];

    /// <inheritdoc />
    public IAccuracyMeter<ITrackingResult> Open(string path)
    {
        var truth = new ClipTruth(TruthFile.Read(path), path, viewOf);
        return new TrackingMeter(truth.Of, (camera, frames) => truth.Misfit(camera, frames, isWhole: true));
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

        return new TrackingMeter((camera, offered) => new Truth(offered, found.AcrossCameras(camera)), (_, _) => null);
    }
}
