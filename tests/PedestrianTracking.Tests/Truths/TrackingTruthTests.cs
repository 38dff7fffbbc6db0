using JellyBean.Vision.Cameras;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using PedestrianTracking.Truths;

namespace PedestrianTracking.Tests.Truths;

/// <summary>What a run is worth, by a truth of one who walks from the left camera's picture through both into the right one's.</summary>
public sealed class TrackingTruthTests : IDisposable
{
    private const int Frames = 10;
    private readonly string _file = Path.GetTempFileName();
    private readonly TrackingTruth _truth = new(camera => camera switch
    {
        "left" => new CameraView(new Region(0, 0, 120, 100)),
        "right" => new CameraView(new Region(60, 0, 120, 100)),
        "thin" => new CameraView(Unlike: "max-fps = 5"),
        "far" => new CameraView(new Region(500, 0, 100, 100)),
        "whole" => new CameraView(),
        _ => null,
    });

    public TrackingTruthTests() => File.WriteAllText(
        _file,
        $"<dataset>{string.Concat(Enumerable.Range(0, Frames).Select(n => $"<frame number='{n}'><objectlist><object id='7'><box xc='{20 + (15 * n)}' yc='50' w='20' h='60'/></object></objectlist></frame>"))}</dataset>");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Measure_perfect_tracks_and_identities_are_worth_one()
    {
        var values = Measure(_truth.Open(_file), [.. Perfect, .. Meetings]);

        Assert.Equal([("ap50", 1), ("mota", 1), ("idf1", 1), ("id-switches", 0), ("cross-camera-idf1", 1)], values.Select(v => (v.Metric, Math.Round(v.Value, 9))));
    }

    [Fact]
    public void Measure_without_identities_each_camera_is_perfect_but_not_both_together()
    {
        var values = Measure(_truth.Open(_file), Perfect).ToDictionary(v => v.Metric, v => v.Value);

        // 7 boxes count at the left camera, 7 at the right one: one of them has the identity.
        Assert.Equal((1, 1, 0.5), (values["mota"], values["idf1"], values["cross-camera-idf1"]));
    }

    [Fact]
    public void Measure_frames_that_were_not_offered_are_not_held_against_the_run()
    {
        var meter = _truth.Open(_file);
        Add(meter, Perfect.Where(p => p.Frame < 3));

        Assert.Equal(1, meter.Measure(new Dictionary<SourceId, long> { [new("cameras/left")] = 3 }).Single(v => v.Metric == "mota").Value);
    }

    [Fact]
    public void Measure_frames_that_were_offered_and_lost_count_as_missed()
    {
        var meter = _truth.Open(_file);
        Add(meter, Perfect.Where(p => p.Frame < 3));

        Assert.Equal(0.75, meter.Measure(new Dictionary<SourceId, long> { [new("cameras/left")] = 4 }).Single(v => v.Metric == "mota").Value);
    }

    [Theory]
    [InlineData("whole", 11, "covers 10 frames, but camera 'whole' gives 11")]
    [InlineData("thin", 5, "max-fps")]
    [InlineData("far", 5, "No box")]
    [InlineData("right", 2, "in its 2 frames")]
    [InlineData("nobody", 5, "not known")]
    public void Measure_truth_that_does_not_fit_is_told(string camera, long offered, string expected)
    {
        var meter = _truth.Open(_file);

        var error = Assert.Throws<TruthException>(() => meter.Measure(new Dictionary<SourceId, long> { [SourceId.Of("cameras", camera)] = offered }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_clip_as_long_as_the_truth_fits() =>
        _truth.Open(_file).Check(new Dictionary<SourceId, long> { [new("cameras/left")] = Frames, [new("cameras/right")] = Frames });

    [Fact]
    public void Check_clips_of_another_length_are_all_told_with_what_to_do()
    {
        var meter = _truth.Open(_file);

        var error = Assert.Throws<TruthException>(() => meter.Check(new Dictionary<SourceId, long> { [new("cameras/left")] = 9, [new("cameras/right")] = 12, [new("cameras/whole")] = Frames }));

        Assert.Contains("covers 10 frames, but camera 'left' gives 9; allowed: as many as the clip has", error.Message, StringComparison.Ordinal);
        Assert.Contains("camera 'right' gives 12", error.Message, StringComparison.Ordinal);
        Assert.Contains("Give the truth of this clip", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("whole", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_grow_with_mistakes_are_named_as_those_of_which_less_is_better()
    {
        var right = Measure(_truth.Open(_file), [.. Perfect, .. Meetings]);
        var wrong = Measure(_truth.Open(_file), Perfect.Where(p => p.Frame != 0).Select(p => p with { Person = p.Person + (p.Frame % 2) })).ToDictionary(v => v.Metric, v => v.Value);

        Assert.Equal(_truth.LessIsBetter, right.Where(v => wrong[v.Metric] > v.Value).Select(v => v.Metric));
        Assert.All(right.Where(v => !_truth.LessIsBetter.Contains(v.Metric)), v => Assert.True(wrong[v.Metric] < v.Value, v.Metric));
    }

    [Fact]
    public void Agreement_a_run_agrees_with_itself_and_less_with_half_of_itself()
    {
        ITrackingResult[] all = [.. Perfect, .. Meetings];

        Assert.All(Measure(_truth.Agreement(all), all).Where(v => v.Metric != "id-switches"), v => Assert.Equal(1, v.Value, 9));
        Assert.InRange(Measure(_truth.Agreement(all), [.. Perfect.Where(p => p.Frame % 2 == 0)]).Single(v => v.Metric == "mota").Value, 0.3, 0.7);
    }

    [Fact]
    public void Agreement_with_a_run_that_found_nobody_is_refused() => Assert.Throws<TruthException>(() => _truth.Agreement([]));

    // Where at least half of the box is in view, cut at the edge.
    private static IReadOnlyList<PersonSeen> Perfect { get; } =
    [
        .. from n in Enumerable.Range(0, Frames)
           from camera in new[] { (Name: "left", Corner: 0, Person: 1), (Name: "right", Corner: 60, Person: 4) }
           let left = Math.Max(0, 10 + (15 * n) - camera.Corner)
           let right = Math.Min(120, 30 + (15 * n) - camera.Corner)
           where right - left >= 10
           select new PersonSeen(camera.Name, camera.Person, n, left, 20, right - left, 60, 0.9f),
    ];

    private static IReadOnlyList<SamePerson> Meetings { get; } = [.. Enumerable.Repeat(new SamePerson("crossing", "left", 1, "right", 4, 1), 4)];

    private static IReadOnlyList<MetricValue> Measure(IAccuracyMeter<ITrackingResult> meter, IEnumerable<ITrackingResult> results)
    {
        Add(meter, results);
        return meter.Measure(new Dictionary<SourceId, long> { [new("cameras/left")] = Frames, [new("cameras/right")] = Frames });
    }

    private static void Add(IAccuracyMeter<ITrackingResult> meter, IEnumerable<ITrackingResult> results)
    {
        foreach (var result in results)
        {
            meter.Add(result);
        }
    }
}
