using JellyBean.Vision;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>Frames of the example's clip, decoded before anything is measured.</summary>
internal static class Frames
{
    public static async Task<IReadOnlyList<Frame>> ReadAsync(int count)
    {
        var frames = new List<Frame>();
        await using var source = ClipCameras.Open(ClipCameras.Names.First());
        await foreach (var item in source.ReadAsync(0, CancellationToken.None))
        {
            if (item.Value is { } frame)
            {
                frames.Add(frame);
            }

            if (frames.Count == count)
            {
                break;
            }
        }

        return frames;
    }
}
