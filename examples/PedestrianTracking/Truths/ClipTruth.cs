using System.Globalization;
using JellyBean.Vision.Accuracy;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking.Truths;

/// <summary>A truth file of the whole picture, as each camera shows it.</summary>
/// <param name="truth">What the file says.</param>
/// <param name="path">Where it is, for messages.</param>
/// <param name="viewOf">What a camera shows, by its name; null for a camera that is not known.</param>
internal sealed class ClipTruth(Truth truth, string path, Func<string, CameraView?> viewOf)
{
    /// <summary>What is true for a camera.</summary>
    /// <param name="camera">The camera's name.</param>
    /// <param name="frames">How many frames it gave, from the first of its clip on: of a run that was stopped, fewer than the clip has.</param>
    /// <exception cref="TruthException">The file is not about these frames.</exception>
    public Truth Of(string camera, long frames) => Misfit(camera, frames, isWhole: false) is { } misfit ? throw new TruthException(misfit) : Seen(viewOf(camera)!);

    /// <summary>Why the file is not about a camera's frames; null where it may be.</summary>
    /// <param name="camera">The camera's name.</param>
    /// <param name="frames">How many there are.</param>
    /// <param name="isWhole">Whether these are all of its clip.</param>
    public string? Misfit(string camera, long frames, bool isWhole)
    {
        if (viewOf(camera) is not { } view)
        {
            return $"What camera '{camera}' shows is not known, so '{path}' cannot be held against it.";
        }

        if (view.Unlike is { } setting)
        {
            return $"Camera '{camera}' has {setting}, so its frames have other numbers or other coordinates than in '{path}'. Measure accuracy without that.";
        }

        if (frames > truth.Frames || (isWhole && frames < truth.Frames))
        {
            return Text($"'{path}' covers {truth.Frames} frames, but camera '{camera}' gives {frames}; allowed: as many as the clip has. It is the truth for another clip, or for another part of it. Give the truth of this clip, or the clip that it was made for.");
        }

        return Seen(view).Boxes.Any(b => b.Frame < frames && !b.IsIgnored)
            ? null
            : Text($"No box of '{path}' lies in what camera '{camera}' shows in its {frames} frames: it is the truth for another clip or another part of the picture, or too few frames were read.");
    }

    private Truth Seen(CameraView view) => view.Region is null ? truth : truth.Clip(view.Region);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
