using System.Collections.Immutable;
using System.Text.Json;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.Commands;

/// <summary>The command <c>profile</c>, and truths at <c>run</c>; what is kept between programs goes to a cache of the test's own.</summary>
public sealed class ProfileCommandTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Profile_measures_every_variant_and_batch_size_alone_and_beside_others()
    {
        var file = Path.Combine(_program.Folder, "p.json");

        var code = await _program.InvokeAsync("profile", "--number", "door=x", "--seconds", "1", "--file", file);

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var profile = await ProfileFile.ReadAsync(file, default);
        Assert.Equal([("large", 1), ("large", 2), ("small", 1), ("small", 2), ("small", 4)], profile.ServiceTimes.Where(t => t.Variant is not null).Select(t => (t.Variant!, t.BatchSize)).Order());
        Assert.All(profile.ServiceTimes.Where(t => t.Variant is not null), t => Assert.True(t.Distribution!.Count >= 10));
        Assert.StartsWith("profile --number door=x", profile.Provenance, StringComparison.Ordinal);
        Assert.Equal(TestProgram.Workflow.Fingerprint, profile.Build);
        Assert.Empty(profile.Validate(TestProgram.Workflow));
        if (Environment.ProcessorCount > 1)
        {
            Assert.Equal(["large", "small"], profile.CoRunningTimes.Where(t => t.Variant == "large").Select(t => t.Beside.Variant).Distinct().Order());
        }

        Assert.Contains("beside itself", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_truth_gives_each_combination_its_metrics_and_the_command()
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith());
        var file = Path.Combine(_program.Folder, "a.json");

        var code = await _program.InvokeAsync("profile", "--number", "door=x", "--truth", _program.Write("3", "truth.txt"), "--file", file);

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var rows = (await AccuracyFile.ReadAsync(file, TestProgram.Workflow, default)).Rows().ToList();
        Assert.Equal([("large", "ends", 0.1), ("small", "ends", 0.1)], rows.Select(r => (r.Variants.Single().Variant, r.Metric, r.Value)).Order());
        Assert.All(rows, r => Assert.StartsWith("profile --number door=x --truth ", r.Provenance, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Profile_only_keeps_to_the_variants_that_are_named()
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith());
        var file = Path.Combine(_program.Folder, "a.json");

        await _program.InvokeAsync("profile", "--number", "door=x", "--truth", _program.Write("3", "truth.txt"), "--only", "namer=small", "--file", file);

        Assert.Equal("small", Assert.Single((await AccuracyFile.ReadAsync(file, TestProgram.Workflow, default)).Rows()).Variants.Single().Variant);
    }

    [Fact]
    public async Task Profile_reference_measures_agreement_which_satisfies_no_floor_for_accuracy()
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith());
        var file = Path.Combine(_program.Folder, "a.json");

        var code = await _program.InvokeAsync("profile", "--number", "door=x", "--reference", "best", "--file", file);

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var rows = (await AccuracyFile.ReadAsync(file, TestProgram.Workflow, default)).Rows().ToList();
        Assert.Equal([("large", 1.0), ("small", 0.0)], rows.Select(r => (r.Variants.Single().Variant, r.Value)).Order());
        Assert.All(rows, r => Assert.Equal("agreement-ends", r.Metric));
        Assert.All(rows, r => Assert.StartsWith("agreement with large, no accuracy", r.Provenance, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_truth_tells_accuracy_in_the_summary_and_in_json()
    {
        _program.Services.AddSingleton<IEngine, LocalEngine>();
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith());

        var code = await _program.InvokeAsync(_program.Run("--truth", _program.Write("3", "truth.txt"), "--json"));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Equal(0.1, JsonDocument.Parse(_program.Output).RootElement.GetProperty("accuracy").GetProperty("ends").GetDouble(), 6);
        Assert.Contains("Accuracy against the truth: ends 0.1", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_truth_that_measures_worse_than_no_results_is_warned_of()
    {
        _program.Services.AddSingleton<IEngine, LocalEngine>();
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { Worth = _ => -0.2 });

        var code = await _program.InvokeAsync(_program.Run("--truth", _program.Write("3", "truth.txt")));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Contains("warning: ends below 0 is worse than no results at all", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truth_that_does_not_fit_the_sources_is_code_2_but_the_run_is_told()
    {
        _program.Services.AddSingleton<IEngine, LocalEngine>();
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { Covers = 5 });

        var code = await _program.InvokeAsync(_program.Run("--truth", _program.Write("3", "truth.txt")));

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("Done after", _program.Output, StringComparison.Ordinal);
        Assert.Contains("covers 5 elements", _program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profile")]
    [InlineData("run")]
    public async Task Truth_of_fewer_elements_than_sources_say_they_have_is_refused_before_any_is_read(string command)
    {
        _program.Sources.KnowCount = true;
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { Covers = 39 });
        var truth = _program.Write("3", "truth.txt");

        var code = await _program.InvokeAsync(command == "run" ? _program.Run("--truth", truth) : ["profile", "--number", "door=x", "--truth", truth]);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("covers 39 elements", _program.Error, StringComparison.Ordinal);
        Assert.Equal(0, _program.Sources.Given);
    }

    [Fact]
    public async Task Profile_truth_of_other_elements_than_sources_turn_out_to_have_is_refused_and_nothing_is_kept()
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { Covers = 41, IsExact = true });
        var file = Path.Combine(_program.Folder, "a.json");

        var code = await _program.InvokeAsync("profile", "--number", "door=x", "--truth", _program.Write("3", "truth.txt"), "--file", file);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("covers 41 elements", _program.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Profile_worse_than_no_results_in_every_combination_is_shown_refused_and_not_kept()
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { Worth = _ => -0.2 });
        var file = Path.Combine(_program.Folder, "a.json");

        var code = await _program.InvokeAsync("profile", "--number", "door=x", "--truth", _program.Write("3", "truth.txt"), "--file", file);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("-0.2", _program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Kept:", _program.Output, StringComparison.Ordinal);
        Assert.Contains("'ends' below 0 for every combination", _program.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Profile_worse_than_no_results_in_one_combination_only_is_kept()
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { Worth = name => name.StartsWith("small", StringComparison.Ordinal) ? -0.2 : 0.4 });
        var file = Path.Combine(_program.Folder, "a.json");

        var code = await _program.InvokeAsync("profile", "--number", "door=x", "--truth", _program.Write("3", "truth.txt"), "--file", file);

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Equal([-0.2, 0.4], (await AccuracyFile.ReadAsync(file, TestProgram.Workflow, default)).Rows().Select(r => r.Value));
    }

    [Fact]
    public async Task Plan_says_of_the_accuracy_that_it_relies_on_where_it_comes_from_and_what_measured_it()
    {
        var shipped = _program.Write(
            """
            { "version": 1, "workflow": "naming", "measurements": [ { "provenance": "profile --truth t.txt; door uri=y; 2026-11-01", "combinations": [ { "variants": { "namer": "small" }, "metrics": { "ends": 0.7 } } ] } ] }
            """,
            "shipped.json");
        string[] plan = ["plan", "--number", "cellar=x", "--accuracy", "ends=0.05", "--brief"];
        using var before = new TestProgram(_program.Folder);
        before.Builder.UseAccuracies(shipped);
        using var after = new TestProgram(_program.Folder);
        after.Builder.UseAccuracies(shipped);
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith());

        Assert.Equal(ExitCodes.Ok, await before.InvokeAsync(plan));
        Assert.Equal(ExitCodes.Ok, await _program.InvokeAsync("profile", "--number", "cellar=x", "--truth", _program.Write("3", "truth.txt"), "--only", "namer=small"));
        Assert.Equal(ExitCodes.Ok, await after.InvokeAsync([.. plan, "--format", "json"]));

        Assert.Contains($"Accuracy: ends 0.7 from '{shipped}', which comes with the program (profile --truth t.txt; 2026-11-01); measured with other sources than these", before.Output, StringComparison.Ordinal);
        var accuracy = Assert.Single(JsonDocument.Parse(after.Output).RootElement.GetProperty("accuracies").EnumerateArray());
        Assert.Equal(("ends", 0.1), (accuracy.GetProperty("metric").GetString(), accuracy.GetProperty("value").GetDouble()));
        Assert.Contains("measured with these sources; without that file, the program's own count", accuracy.GetProperty("from").GetString(), StringComparison.Ordinal);
        Assert.True(accuracy.GetProperty("isOfTheseSources").GetBoolean());
        Assert.StartsWith("profile --number cellar=x --truth ", accuracy.GetProperty("measuredBy").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--truth is 'nope.txt', but the program knows no truth", "--truth", "nope.txt")]
    [InlineData("--reference needs to know how results are compared", "--reference", "best")]
    [InlineData("--only chooses what accuracy is measured of", "--only", "namer=small")]
    public async Task Profile_without_a_truth_says_what_is_missing(string expected, params string[] args)
    {
        var code = await _program.InvokeAsync(["profile", "--number", "door=x", .. args]);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains(expected, _program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no 'nope.txt'", "--truth", "nope.txt")]
    [InlineData("allowed variants of 'namer': small, large", "--reference", "best", "--only", "namer=huge")]
    [InlineData("with OPERATOR one of namer", "--reference", "best", "--only", "nobody=small")]
    [InlineData("--reference is 'worst'; allowed: best, or OPERATOR=VARIANT, with OPERATOR one of namer.", "--reference", "worst")]
    [InlineData("--reference is 'namer=huge'; allowed variants of 'namer': small, large", "--reference", "namer=huge")]
    public async Task Profile_with_wrong_names_says_what_is_allowed(string expected, params string[] args)
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith());

        var code = await _program.InvokeAsync(["profile", "--number", "door=x", .. args]);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains(expected, _program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan", "--brief", "--accuracy", "ends=40")]
    [InlineData("plan", "--brief", "--accuracy", "agreement-ends=40")]
    [InlineData("profile", "--reference", "best", "--set", "jellybean.objectives.names.accuracy.metric=ends", "--set", "jellybean.objectives.names.accuracy.least=40")]
    public async Task Objective_in_a_metric_of_which_less_is_better_is_refused_with_what_can_be_asked(params string[] args)
    {
        _program.Builder.UseTruth(TestProgram.Names, new EndsWith { LessIsBetter = ["ends"] });

        var code = await _program.InvokeAsync([.. args, "--number", "door=x"]);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Matches(@"'names': accuracy '.*ends' cannot be asked for: less of it is better.*, such as recall\.", _program.Error);
        Assert.Empty(_program.Output);
    }

    /// <summary>The file has an ending; the metric is the part of the elements whose results end so. Agreement is the part that the reference has, too.</summary>
    private sealed class EndsWith : ITruth<TestProgram.Named>
    {
        public IReadOnlyCollection<string> LessIsBetter { get; init; } = [];

        public long Covers { get; init; } = long.MaxValue;

        /// <summary>Whether sources must have as many elements as it covers, not only no more.</summary>
        public bool IsExact { get; init; }

        /// <summary>What a run is worth by its first result, in place of the part that ends so.</summary>
        public Func<string, double>? Worth { get; init; }

        public IAccuracyMeter<TestProgram.Named> Open(string path) => File.Exists(path)
            ? new Meter(this, File.ReadAllText(path), name => name.EndsWith(File.ReadAllText(path), StringComparison.Ordinal))
            : throw new TruthException($"there is no '{path}'. Check its name.");

        public IAccuracyMeter<TestProgram.Named> Agreement(IReadOnlyList<TestProgram.Named> reference)
        {
            var names = reference.Select(r => r.Name).ToHashSet();
            return new Meter(this, "", names.Contains);
        }

        private sealed class Meter(EndsWith truth, string ending, Func<string, bool> isTrue) : IAccuracyMeter<TestProgram.Named>
        {
            private int _true;
            private string? _first;

            public void Check(IReadOnlyDictionary<SourceId, long> whole)
            {
                if (whole.Values.Any(count => count > truth.Covers || (truth.IsExact && count < truth.Covers)))
                {
                    throw new TruthException($"'{ending}' covers {truth.Covers} elements, the sources have {whole.Values.Max()}.");
                }
            }

            public void Add(TestProgram.Named result)
            {
                _first ??= result.Name;
                _true += isTrue(result.Name) ? 1 : 0;
            }

            public ImmutableArray<MetricValue> Measure(IReadOnlyDictionary<SourceId, long> offered) =>
                [new MetricValue("ends", truth.Worth?.Invoke(_first!) ?? ((double)_true / offered.Values.Sum()))];
        }
    }
}
