using CsCheck;
using JellyBean.Testing;
using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Tests.Interpreter;

/// <summary>What holds for every operator together, whatever is fed.</summary>
public class IdentityTests
{
    private static readonly Gen<(int Seconds, string Key, int Number)[]> Source =
        Gen.Select(Gen.Int[0, 12], Gen.OneOf(Gen.Const("a"), Gen.Const("b")), Gen.Int[-1, 3]).Array[0, 8];

    /// <summary>Every operator at least once; late elements admitted here, dropped there; some functions throw.</summary>
    private static readonly Workflow Everything = Workflow.Define("everything", w =>
    {
        var readings = w.From(Readings.Tolerant);
        var (small, large) = readings.Branch("small", r => r.Number < 2);
        var asked = small.InferMany(Readings.Speller, r => Enumerable.Range(0, r.Number), r => r, (r, answers) => r with { Number = answers.Count });
        var stepped = large.Merge("merged", asked, readings).KeyBy(r => r.Key).Process("history", Readings.Seen, (seen, r) =>
        {
            seen.Add(r.Number);
            return Enumerable.Repeat(r, r.Number);
        });
        var keyed = stepped.KeyBy(r => r.Key);
        var pairs = keyed.JoinWithin(
            "pairs", keyed, TimeSpan.FromSeconds(2), (a, b) => a.Number <= b.Number, (a, b) => new Reading(a.Key, a.Number * b.Number), LatePolicy.Admit);
        pairs.Merge("texts", stepped).KeyBy(r => r.Key)
            .Window("sums", Window.Sliding(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)), (key, _, all) => $"{key} {all.Count} {all.Sum(r => r.Number)}")
            .SelectMany(text => new[] { text, text }, "twice")
            .To(Readings.Output);
    });

    [Fact]
    public void Results_have_ids_of_their_own() => Gen.Select(Source, Source).Sample((north, south) =>
    {
        var ids = Run(north, south, northFirst: true).ResultsWithIds(Readings.Output).Select(r => r.Id).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
    }, iter: 300);

    [Fact]
    public void Results_do_not_depend_on_how_sources_interleave() => Gen.Select(Source, Source).Sample((north, south) =>
    {
        var (one, other) = (Run(north, south, northFirst: true), Run(north, south, northFirst: false));

        Assert.Equal(one.Lines(), other.Lines());
        Assert.Equal(one.Sources.ToArray(), other.Sources.ToArray());
    }, iter: 100);

    [Fact]
    public void Every_element_is_accounted_for() => Gen.Select(Source, Source).Sample((north, south) =>
    {
        var run = Run(north, south, northFirst: true);

        Assert.Equal(north.Length + south.Length, run.Sources.Sum(s => s.Offered));
        Assert.Equal(north.Concat(south).Count(e => e.Number < 0), run.Failed);
        Assert.All(run.Sources, s => Assert.Equal(s.Offered, s.Settled));
    }, iter: 100);

    private static WorkflowTestRun Run((int Seconds, string Key, int Number)[] north, (int Seconds, string Key, int Number)[] south, bool northFirst)
    {
        var test = new WorkflowTest(Everything).Stub(Readings.Speller, n => $"{n}");
        foreach (var (source, elements) in northFirst ? new[] { ("north", north), ("south", south) } : [("south", south), ("north", north)])
        {
            foreach (var (seconds, key, number) in elements)
            {
                test.Feed(seconds, $"{source}-{key}", number, source, Readings.Tolerant);
            }
        }

        return test.Run();
    }
}
