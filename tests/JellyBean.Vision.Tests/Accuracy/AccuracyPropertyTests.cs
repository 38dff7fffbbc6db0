using CsCheck;
using JellyBean.Vision.Accuracy;
using static JellyBean.Vision.Tests.Accuracy.Scenes;

namespace JellyBean.Vision.Tests.Accuracy;

public sealed class AccuracyPropertyTests
{
    private const int Frames = 12;
    private const int People = 5;

    // Who is there in which frame.
    private static readonly Gen<List<LabelledBox>> Presences = Gen.Bool.Array[Frames * People].Select(there =>
        there.Index().Where(t => t.Item).Select(t => In(t.Index / People, (t.Index % People) + 1, t.Index % People)).ToList());

    // A tracker's answer: some are missed, some shifted, some under another's id, and there are strangers.
    private static readonly Gen<(List<LabelledBox> Truth, List<LabelledBox> Found)> Runs =
        Gen.Select(Presences, Gen.Int[0, 9].Array[Frames * People], Gen.Int[1, People].Array[Frames * People]).Select((truth, fate, id) =>
        {
            var found = truth.Index().Where(t => fate[t.Index] > 0).Select(t => t.Item with
            {
                Id = fate[t.Index] > 7 ? id[t.Index] : t.Item.Id,
                Box = t.Item.Box with { X = t.Item.Box.X + (fate[t.Index] == 1 ? 300 : fate[t.Index]) },
            });
            return (truth, found.DistinctBy(f => (f.Frame, f.Id)).ToList());
        });

    [Fact]
    public void Perfect_tracker_is_perfect() => Presences.Where(t => t.Count > 0).Sample(truth =>
    {
        var frames = Compare(truth, truth.Select(t => t with { Id = t.Id + 40 }), Frames);

        Assert.Equal(1, ClearMot.Of(frames).Mota);
        Assert.Equal(1, IdentityF1.Of(frames).Value);
        Assert.Equal(1, AveragePrecision.Of(frames), 9);
    });

    [Fact]
    public void Other_names_for_the_same_identities_change_nothing() => Runs.Sample(run =>
    {
        var frames = Compare(run.Truth, run.Found, Frames);
        var renamed = Compare(run.Truth, run.Found.Select(f => f with { Id = 100 - f.Id }), Frames);

        Assert.Equal(ClearMot.Of(frames), ClearMot.Of(renamed));
        Assert.Equal(IdentityF1.Of(frames), IdentityF1.Of(renamed));
    });

    [Fact]
    public void Ids_that_change_at_every_frame_lower_identity_but_not_what_is_found() => Runs.Sample(run =>
    {
        var frames = Compare(run.Truth, run.Found, Frames);
        var restless = Compare(run.Truth, run.Found.Select(f => f with { Id = (f.Frame * 100) + f.Id }), Frames);

        var (kept, lost) = (ClearMot.Of(frames), ClearMot.Of(restless));
        Assert.Equal((kept.Truths, kept.Misses, kept.FalsePositives), (lost.Truths, lost.Misses, lost.FalsePositives));
        Assert.True(IdentityF1.Of(restless).Agreed <= IdentityF1.Of(frames).Agreed);
        Assert.True(IdentityF1.Of(restless).Agreed <= People);
    });

    [Fact]
    public void Identity_is_the_best_of_all_ways_to_pair() => Runs.Sample(run =>
    {
        var frames = Compare(run.Truth, run.Found, Frames);
        var shared = new long[People, People];
        foreach (var frame in frames)
        {
            foreach (var (t, f) in frame.Truth.SelectMany(t => frame.Found.Where(f => t.Box.IoU(f.Box) >= 0.5f).Select(f => (t, f))))
            {
                shared[t.Id - 1, f.Id - 1]++;
            }
        }

        Assert.Equal(Best(shared, 0, []), IdentityF1.Of(frames).Agreed);
    });

    [Fact]
    public void Counts_add_up() => Runs.Sample(run =>
    {
        var mot = ClearMot.Of(Compare(run.Truth, run.Found, Frames));

        Assert.Equal(run.Truth.Count, mot.Truths);
        Assert.Equal(run.Found.Count, mot.Truths - mot.Misses + mot.FalsePositives);
        Assert.InRange(mot.Mota, -100, 1);
    });

    private static long Best(long[,] shared, int row, HashSet<int> used) =>
        row == People ? 0 : Enumerable.Range(0, People).Where(c => !used.Contains(c)).Max(c => shared[row, c] + Best(shared, row + 1, [.. used, c]));
}
