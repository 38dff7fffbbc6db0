using System.Collections.Immutable;
using JellyBean.Vision.Accuracy;

namespace JellyBean.Vision.Tests.Accuracy;

/// <summary>Truth and findings as tests write them: everybody in a lane of their own unless said otherwise.</summary>
internal static class Scenes
{
    public static LabelledBox In(long frame, long id, long lane, float shift = 0, float score = 1) =>
        new(frame, id, new Box((100 * lane) + shift, 0, 40, 80, score));

    /// <summary>One in a lane, under the id that it has in each frame; 0 where it is not there.</summary>
    public static IEnumerable<LabelledBox> Lane(long lane, params long[] ids) =>
        ids.Index().Where(i => i.Item != 0).Select(i => In(i.Index, i.Item, lane));

    public static ImmutableArray<ComparedFrame> Compare(IEnumerable<LabelledBox> truth, IEnumerable<LabelledBox> found, long frames = 100) =>
        ComparedFrame.Of("north", frames, truth, found);
}
