using System.Globalization;
using System.Text.Json;
using JellyBean.Workflows.Models;
using Microsoft.Data.Sqlite;

namespace PedestrianTracking.Tests;

/// <summary>The program from the command line to its answer, also where what it is given is no good.</summary>
public sealed class ProgramTests : IDisposable
{
    private const int Ok = 0;
    private const int BadInput = 2;
    private const int NoPlan = 3;

    // What is measured depends on what else the machine does, so nothing here asks for a plan that a busy machine could not keep: a frame every ten seconds, answered
    // within an hour. Files are read as fast as they are taken all the same.
    private static readonly string[] Undemanding = ["--rate", "0.1", "--set", "jellybean.objectives.tracks.p99=1h"];

    private readonly Setup _setup = new();

    [SkippableFact]
    public async Task Run_answers_with_one_line_and_writes_pictures_and_tracks()
    {
        Setup.Require();
        var clip = _setup.FirstFrames(40);

        var run = await RunAsync("--camera", $"gate={clip}", "--camera", $"yard={clip}", "--json");

        Ended(Ok, run);
        var line = Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var answer = JsonDocument.Parse(line);
        foreach (var camera in new[] { "gate", "yard" })
        {
            var frames = answer.RootElement.GetProperty("frames").GetProperty(camera);
            Assert.Equal((40, 40, 0), (frames.GetProperty("in").GetInt64(), frames.GetProperty("processed").GetInt64(), frames.GetProperty("dropped").GetInt64()));
        }

        Assert.All(["predicted", "measured"], kind => Assert.True(answer.RootElement.GetProperty("costPerHour").GetProperty(kind).GetDouble() > 0));
        Assert.All(["tracks.png", "gate.mp4", "yard.mp4"], name => Assert.True(new FileInfo(_setup.PathOf($"out/{name}")).Length > 1_000));
        Assert.Equal(["gate", "yard"], await CamerasWithTracksAsync());
    }

    [SkippableFact]
    public async Task Run_odd_pictures_and_a_cut_off_file_go_through_side_by_side()
    {
        Setup.Require();
        var odd = _setup.Ffmpeg("odd.mkv", "-i", Setup.Clip, "-frames:v", "30", "-vf", "scale=401:301", "-c:v", "libx264rgb");
        var cut = _setup.Write("cut.avi", File.ReadAllBytes(Setup.Clip).AsSpan(0, 400_000));

        var run = await RunAsync("--camera", $"odd={odd}", "--camera", $"cut={cut}");

        Ended(Ok, run);
        Assert.Contains("odd.mp4", run.Output, StringComparison.Ordinal);
        Assert.Contains("the rest is cut off or damaged", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_video_that_cannot_be_read_is_told()
    {
        Setup.Require();
        var missing = _setup.PathOf("none.mp4");
        var empty = _setup.Write("empty.mp4", []);
        var text = _setup.Write("text.mp4", "A letter, no video."u8);

        await RefusedAsync(BadInput, $"there is no file '{missing}'", "--camera", $"a={missing}");
        await RefusedAsync(BadInput, "is empty", "--camera", $"a={empty}");
        await RefusedAsync(BadInput, "cannot be read as video", "--camera", $"a={text}");
    }

    [SkippableFact]
    public async Task Run_output_that_cannot_be_written_is_told()
    {
        Setup.Require();
        var clip = _setup.FirstFrames(10);
        Directory.CreateDirectory(_setup.PathOf("out/tracks.db"));

        await RefusedAsync(BadInput, "cannot be written", "--camera", $"a={clip}", "--output", clip);
        var run = await RunAsync("--camera", $"a={clip}");

        Assert.Equal(BadInput, run.ExitCode);
        Assert.Contains("tracks.db", run.Error, StringComparison.Ordinal);
        Assert.All(["Output 'identities'", "Output 'tracks'"], output => Assert.Equal(2, run.Error.Split(output).Length));
        Assert.DoesNotContain("Plan of", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_accuracy_out_of_reach_has_no_plan_and_says_what_the_best_is()
    {
        Setup.Require();

        var run = await RunAsync("--camera", $"a={_setup.FirstFrames(20)}", "--accuracy", "0.99");

        Ended(NoPlan, run);
        var best = string.Create(CultureInfo.InvariantCulture, $"{ShippedAccuracies.Read().Max(combination => combination.Metrics["mota"]):0.000}");
        Assert.All([run.Output, run.Error], told => Assert.Contains(best, told, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Run_model_file_that_is_missing_or_corrupt_is_told()
    {
        Setup.Require();
        var models = Directory.CreateDirectory(_setup.PathOf("cache/models")).FullName;
        foreach (var file in Directory.GetFiles(ModelCache.Models))
        {
            File.Copy(file, Path.Combine(models, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(models, "nanodet-256.onnx"), "no model");
        File.Delete(Path.Combine(models, "nanodet-416.onnx"));
        var run = await RunAsync(["--camera", $"a={_setup.FirstFrames(5)}"], ("JELLYBEAN_CACHE", _setup.PathOf("cache")));

        Ended(BadInput, run);
        Assert.Contains("'nanodet-256' is corrupt", run.Error, StringComparison.Ordinal);
        Assert.Contains("'nanodet-416' is missing", run.Error, StringComparison.Ordinal);
        Assert.Contains("models restore", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_without_ffmpeg_names_the_package()
    {
        Setup.Require();

        var run = await RunAsync(["--camera", $"a={_setup.FirstFrames(5)}"], ("PATH", _setup.PathOf("nothing")));

        Ended(BadInput, run);
        Assert.Contains("Install the Debian package ffmpeg", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _setup.Dispose();

    private Task<ProgramRun> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    // A cache of the test's own, with the user's models: what is measured of short clips is nobody else's.
    private Task<ProgramRun> RunAsync(string[] arguments, params (string Name, string? Value)[] environment)
    {
        var cache = Directory.CreateDirectory(_setup.PathOf("cache")).FullName;
        if (!Directory.Exists(Path.Combine(cache, "models")))
        {
            Directory.CreateSymbolicLink(Path.Combine(cache, "models"), ModelCache.Models);
        }

        string[] output = arguments.Contains("--output") ? [] : ["--output", _setup.PathOf("out")];
        return ProgramRun.StartAsync(
            ["run", .. arguments, .. output, .. Undemanding, "--set", "jellybean.profile.budget=2s", "--set", "jellybean.profile.elements=4"],
            [("JELLYBEAN_CACHE", cache), .. environment]);
    }

    private static void Ended(int code, ProgramRun run) => Assert.True(run.ExitCode == code, $"Expected exit code {code}. {run}");

    private async Task RefusedAsync(int code, string expected, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Ended(code, run);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> CamerasWithTracksAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_setup.PathOf("out/tracks.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = new SqliteCommand("SELECT DISTINCT camera FROM tracks ORDER BY camera", connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> cameras = [];
        while (await reader.ReadAsync())
        {
            cameras.Add(reader.GetString(0));
        }

        return cameras;
    }
}
