using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Profiles;

namespace JellyBean.Hosting.Tests.Profiles;

public sealed class AccuracyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("accuracies-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Accuracies_written_read_back_as_rows_with_their_command()
    {
        var path = Path.Combine(_folder, "a.json");
        await ProfileJson.WriteAsync(File(Measured("first", ("small", "recall", 0.6), ("large", "recall", 0.9))), path, default);

        var rows = (await AccuracyFile.ReadAsync(path, TestProgram.Workflow, default)).Rows().ToList();

        Assert.Equal([("large", 0.9), ("small", 0.6)], rows.Select(r => (r.Variants.Single().Variant, r.Value)).Order());
        Assert.All(rows, r => Assert.Equal(("recall", "first"), (r.Metric, r.Provenance)));
    }

    [Fact]
    public void Accuracy_measured_again_replaces_the_older_one_and_nothing_else()
    {
        var older = File(Measured("first", ("small", "recall", 0.6), ("large", "recall", 0.9)));

        var rows = older.With(Measured("second", ("small", "recall", 0.7), ("small", "agreement-recall", 0.8))).Rows();

        Assert.Equal(
            [("large", "recall", 0.9, "first"), ("small", "agreement-recall", 0.8, "second"), ("small", "recall", 0.7, "second")],
            rows.Select(r => (r.Variants.Single().Variant, r.Metric, r.Value, r.Provenance)).Order());
    }

    [Theory]
    [InlineData("""{ "version": 9 }""", "is of version 9; allowed: 1 to 1")]
    [InlineData("""{ "version": 1, "workflow": "other", "measurements": [] }""", "is of workflow 'other'; allowed: 'naming'")]
    [InlineData("[]", "has no version")]
    public async Task Accuracies_that_are_none_of_this_workflow_say_why(string text, string expected)
    {
        var path = Path.Combine(_folder, "a.json");
        await System.IO.File.WriteAllTextAsync(path, text);

        var wrong = await Assert.ThrowsAsync<BadInputException>(() => AccuracyFile.ReadAsync(path, TestProgram.Workflow, default));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    private static AccuracyFile File(Measurement measurement) => new() { Workflow = "naming", Measurements = [measurement] };

    private static Measurement Measured(string provenance, params (string Variant, string Metric, double Value)[] values) => new(
        provenance,
        [
            .. values.GroupBy(v => v.Variant).Select(g => new MeasuredCombination(
                ImmutableSortedDictionary<string, string>.Empty.Add("namer", g.Key),
                g.ToImmutableSortedDictionary(v => v.Metric, v => v.Value))),
        ]);
}
