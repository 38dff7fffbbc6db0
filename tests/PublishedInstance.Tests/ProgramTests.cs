using System.Globalization;
using System.Text.Json;

namespace PublishedInstance.Tests;

public sealed class ProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-published-").FullName;

    [Fact]
    public async Task Plan_with_the_published_options_answers_as_JSON()
    {
        var run = await ProgramRun.OfAsync("plan", "--mode", "P1", "--accuracy", "54.02", "--rate", "10", "--percentile", "75", "--utilisation", "1", "--format", "json", "--brief");

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        var json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("optimal", json.GetProperty("status").GetString());
        Assert.Equal(1.056, json.GetProperty("costPerHour").GetDouble(), 9);
    }

    /// <summary>Proven optima of the published instance: every mode, an infeasible cell, other percentiles, and a worker's share left spare.</summary>
    [Fact]
    public async Task Batch_plans_each_cell_and_answers_with_its_columns_and_more()
    {
        var cells = Write("""
            mode,accuracy,rate,percentile,utilisation
            P1,54.02,10,75,1
            SHARE,54.02,10,75,1
            ROUTE,58.33,2,75,1
            ALL,58.33,1000,75,1
            P1,54,10,75,0.8
            ALL,54,2,50,0.8
            """);

        var run = await ProgramRun.OfAsync("plan", "--batch", cells);

        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).ToList();
        Assert.Equal("mode,accuracy,rate,percentile,utilisation,status,total,compute,network,variants,accuracy,bound,gap,ms", string.Join(',', lines[0]));
        Assert.Equal(["optimal", "optimal", "optimal", "infeasible", "optimal", "optimal"], lines.Skip(1).Select(l => l[5]));
        Assert.Equal(1.056, Number(lines[1][6]), 6);
        Assert.Equal(0.672, Number(lines[2][6]), 6);
        Assert.All(lines[4][6..13], cell => Assert.Equal("", cell));

        // The published planner's own answer to this cell is 1.248; no mode may cost more.
        Assert.InRange(Number(lines[5][6]), 0, 1.248 + 1e-9);
        Assert.Matches("^ExtractImageFeature=resnet\\d+ SpeechRecognition=wav2vec2-\\S+ VQA=default$", lines[1][9]);
    }

    /// <summary>As spreadsheets write them: another order, a mark at the beginning, other line ends, quotes, capitals, lines without content, a cell asked for twice.</summary>
    [Fact]
    public async Task Batch_takes_cells_as_spreadsheets_write_them()
    {
        var cells = Write("\uFEFFRate,\"Mode\",utilisation,Accuracy,percentile\r\n\r\n10,P1,1,54.02,75\r\n,,,,\r\n\"10\", p1 ,\"1\",54.02,75\r\n2.5,SHARE,0.37,99,90\r\n");

        var run = await ProgramRun.OfAsync("plan", "--batch", cells);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim().Split(',')).ToList();
        Assert.Equal("Rate,Mode,utilisation,Accuracy,percentile,status", string.Join(',', lines[0][..6]));
        Assert.Equal(["optimal", "optimal", "infeasible"], lines.Skip(1).Select(l => l[5]));
        Assert.Equal(lines[1][5..13], lines[2][5..13]);
        Assert.Equal(1.056, Number(lines[2][6]), 6);
    }

    [Fact]
    public async Task Plan_shows_the_ladder_and_what_a_spare_costs()
    {
        var run = await ProgramRun.OfAsync("plan", "--rate", "5", "--spare", "edge", "--format", "json");
        var text = await ProgramRun.OfAsync("plan", "--rate", "5", "--spare", "edge", "--brief");
        var without = await ProgramRun.OfAsync("plan", "--rate", "5", "--brief", "--format", "json");

        var json = JsonDocument.Parse(run.Output).RootElement;
        var ladder = json.GetProperty("ladder").EnumerateArray().ToList();
        Assert.Contains(ladder, r => r.GetProperty("capacity").GetDouble() >= 1 - 1e-6);
        Assert.All(ladder, r => Assert.True(r.GetProperty("accuracies")[0].GetProperty("accuracy").GetDouble() >= 56));
        Assert.NotEmpty(json.GetProperty("fallbacks").EnumerateArray());
        Assert.Equal(
            JsonDocument.Parse(without.Output).RootElement.GetProperty("costPerHour").GetDouble(), json.GetProperty("spares")[0].GetProperty("costPerHourWithout").GetDouble(), 9);
        Assert.Matches("without workflow-compute-cpu-\\d: the rest carries everything, workflow-compute-\\S+ the busiest with \\d+ %", text.Output);
    }

    [Fact]
    public async Task Batch_with_wrong_cells_says_all_that_is_wrong_and_plans_none()
    {
        var cells = Write("""
            mode,accuracy,rate,percentile,utilisation
            P2,54,10,75,1
            P1,54,-1,75,1
            P1,54,NaN,33,2
            """);

        var run = await ProgramRun.OfAsync("plan", "--batch", cells);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains($"{cells}:2: --mode is 'P2'; allowed: ALL, BACK, P1, ROUTE, SHARE.", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{cells}:3: --rate is '-1'; allowed: elements per second above 0", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{cells}:4: --rate is 'NaN'", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{cells}:4: --utilisation is '2'; allowed: a number above 0 to 1.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_with_an_unknown_column_or_a_short_line_says_which()
    {
        var unknown = await ProgramRun.OfAsync("plan", "--batch", Write("mode,speed\nP1,3"));
        var shorter = await ProgramRun.OfAsync("plan", "--batch", Write("mode,rate\nP1"));
        var missing = await ProgramRun.OfAsync("plan", "--batch", Path.Combine(_folder, "none.csv"));

        Assert.Contains(":1: column 'speed' is unknown; allowed: accuracy, mode, percentile, rate, utilisation.", unknown.Error, StringComparison.Ordinal);
        Assert.Contains(":2: it has 1 cells; expected: 2, as in the header.", shorter.Error, StringComparison.Ordinal);
        Assert.Contains("none.csv' cannot be read", missing.Error, StringComparison.Ordinal);
        Assert.All([unknown, shorter, missing], r => Assert.Equal(2, r.ExitCode));
    }

    [Fact]
    public async Task Plan_with_a_percentile_that_was_not_measured_names_those_that_were()
    {
        var run = await ProgramRun.OfAsync("plan", "--percentile", "99");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no percentile 99 for 'ExtractImageFeature' (variant resnet101, batch 1, workflow-compute-cpu-1); it has 50, 75, 90.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_explains_itself()
    {
        var run = await ProgramRun.OfAsync("plan", "--utilisation", "0.8");

        Assert.Equal(0, run.ExitCode);

        // What the prototype answers at 40 requests/s and a cap of 0.8, to four digits.
        Assert.Contains("The published heuristic: 9.7156 $/h, 1.31 times this plan's", run.Output, StringComparison.Ordinal);
        Assert.Matches("Answer: at most \\d+ ms, none asked for; simulated \\d+ ms, in bursts \\(burstiness \\d+\\) \\d+ ms", run.Output);
        Assert.Matches("resnet152: \\d+\\.\\d{4} \\$/h, \\d+\\.\\d{4} \\$/h more", run.Output);
        Assert.Contains("wav2vec2-base-960h: output 'Answer': accuracy vqa-accuracy ≥ 56 is above the best measured 55.91", run.Output, StringComparison.Ordinal);
        Assert.Matches("Answer: vqa-accuracy ≥ 56.85 in place of 56: \\d", run.Output);
        Assert.Contains("Front of cost, accuracy and p99", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("USD/h", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_that_does_not_fit_says_what_would_make_it_fit()
    {
        var run = await ProgramRun.OfAsync("plan", "--rate", "1000");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("No plan fits on 'published':", run.Output, StringComparison.Ordinal);
        Assert.Matches("A plan would fit with any one of these:\n- rates × 0\\.\\d+: \\d+\\.\\d{4} \\$/h", run.Output);
    }

    [Fact]
    public async Task Plan_with_a_question_shows_what_changes()
    {
        var run = await ProgramRun.OfAsync("plan", "--brief", "--what-if", "rate=0.5x,link.edge-cloud.price=2x,worker.workflow-compute-gpu-1=down");
        var wrong = await ProgramRun.OfAsync("plan", "--what-if", "worker.gpu-9=down,speed=2");

        Assert.Matches("^What if rate=0.5x,\\S+: \\d+\\.\\d{4} \\$/h becomes \\d+\\.\\d{4} \\$/h, \\d+\\.\\d{4} \\$/h less\\. ", run.Output);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("error: --what-if: worker.gpu-9: worker 'gpu-9' is unknown; allowed: requests, workflow-compute-cpu-1", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("error: --what-if: 'speed' is unknown; allowed: rate", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dot", "digraph \"visual-questions\"")]
    [InlineData("svg", "<svg xmlns=")]
    public async Task Plan_as_a_picture_is_nothing_else(string format, string begin)
    {
        var run = await ProgramRun.OfAsync("plan", "--format", format);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.StartsWith(begin, run.Output, StringComparison.Ordinal);
    }

    /// <summary>A millionfold apart, figures still give proven plans, or say what is out of all proportion.</summary>
    [Theory]
    [InlineData("type.workflow-compute-gpu-1.price=1000000x", 5.34, 5.35)]
    [InlineData("type.workflow-compute-cpu-1.price=0.000001x", 5.23, 5.24)]
    [InlineData("rate=0.000001x", 0.096, 0.0961)]
    [InlineData("link.edge-cloud.price=1000000x,link.cloud-edge.price=1000000x", 1e6, 2e6)]
    public async Task Plan_of_figures_that_are_a_millionfold_apart_is_still_proven(string changes, double least, double most)
    {
        var run = await ProgramRun.OfAsync("plan", "--brief", "--format", "json", "--what-if", changes);

        var json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("optimal", json.GetProperty("status").GetString());
        Assert.InRange(json.GetProperty("costPerHour").GetDouble(), least, most);
    }

    [Fact]
    public async Task Plan_for_a_millionfold_rate_says_that_it_is_out_of_proportion()
    {
        var run = await ProgramRun.OfAsync("plan", "--what-if", "rate=1000000x");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("80000000 elements per second are more than the machines can take", run.Output, StringComparison.Ordinal);
        Assert.Matches("- rates × 0\\.00000[0-9]+: ", run.Output);
    }

    [Fact]
    public async Task Run_is_refused_as_there_is_nothing_to_run()
    {
        var run = await ProgramRun.OfAsync("run", "--output", Path.Combine(_folder, "out"), "--rate", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("it can be planned ('plan'), not run", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string Write(string text)
    {
        var path = Path.Combine(_folder, $"cells-{Guid.NewGuid():N}.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
