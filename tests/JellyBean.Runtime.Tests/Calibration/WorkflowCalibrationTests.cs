using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Calibration;

public class WorkflowCalibrationTests
{
    private static readonly Input<Scene> Scenes = new("scenes");
    private static readonly Output<Pair> Pairs = new("pairs");
    private static readonly CalibrationOptions Quick = new() { Elements = 8, Stride = 2, LeadIn = 0, Together = 1, Budget = TimeSpan.FromMilliseconds(50), MayLeaveOut = false };

    [Fact]
    public async Task Calibration_covers_every_operator_so_that_the_workflow_can_be_planned()
    {
        var workflow = Define(parts: 3, out _);

        var profile = await MeasureAsync(workflow);

        Assert.Empty(profile.Validate(workflow));
        Assert.Equal(ThisMachine.Fingerprint, profile.Machine);
        Assert.StartsWith("quick calibration, 8 elements of scenes/one, scenes/two", profile.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calibration_measures_each_variant_at_the_batch_sizes_it_takes()
    {
        var profile = await MeasureAsync(Define(parts: 3, out _));

        Assert.Equal([1, 2, 4], BatchesOf(profile, "wide"));
        Assert.Equal([1, 2], BatchesOf(profile, "narrow"));
        Assert.Equal(["narrow", "wide"], profile.Footprints.Select(f => f.Variant).Order());
        Assert.All(profile.ServiceTimes.Where(t => t.Variant is not null), t => Assert.True(t.ServiceMs > 0));
    }

    [Fact]
    public async Task Calibration_times_a_model_on_elements_as_they_come_from_a_link_never_on_one_twice()
    {
        var (seen, look) = (new List<Part>(), new Lock());
        var workflow = Workflow.Define("fresh", w => w.From(Scenes).InferMany(
            Model.Define<Part, int>("look", [new FakeVariant<Part, int>("only", Remember)]), s => [new Part(s.Number)], s => s.Number, (number, answers) => new Pair(number, answers.Count)).To(Pairs));

        await MeasureAsync(workflow);

        // Before the times are taken, and after it, each sample is answered as it is.
        var parts = seen.ToLookup(p => p, ReferenceEqualityComparer.Instance);
        Assert.True(parts.Count(p => p.Count() == 1) >= Quick.FewestRuns);
        Assert.True(parts.Count(p => p.Count() > 1) <= Quick.Elements);

        int Remember(Part part)
        {
            lock (look)
            {
                seen.Add(part);
            }

            return part.Number;
        }
    }

    [Fact]
    public async Task Calibration_a_source_that_tells_its_work_takes_what_it_tells()
    {
        var workflow = Define(parts: 3, out _);
        var bindings = new WorkflowBindings(workflow)
            .With(Scenes, "one", () => new WorkingSource(Source("one"), TimeSpan.FromMilliseconds(7)))
            .With(Scenes, "two", () => new WorkingSource(Source("two"), TimeSpan.FromMilliseconds(9)));

        var profile = await WorkflowCalibration.MeasureAsync(bindings, MessageSizer.Empty, Quick, "quick calibration", null, default);

        Assert.Equal(8, profile.ServiceTimes.Single(t => t.Operator.Value == "scenes").ServiceMs, 6);
    }

    [Fact]
    public async Task Calibration_counts_fan_outs_and_bytes()
    {
        var profile = await MeasureAsync(Define(parts: 3, out _));

        Assert.Equal(3, Of(profile, "look/parts").ResultsPerElement);
        Assert.Equal(0.5, Of(profile, "scenes/where").ResultsPerElement);
        Assert.Equal(2, Of(profile, "tracks").ResultsPerElement);
        Assert.Equal(1, Of(profile, "look/regroup").ResultsPerElement);

        // A scene is an array of two with a small number each; a part is an array of one.
        Assert.Equal(3, Of(profile, "scenes").MessageBytes);
        Assert.Equal(2, Of(profile, "look/parts").MessageBytes);
        Assert.Equal(1, Of(profile, "look/parts").KeptBytes);
    }

    [Fact]
    public async Task Calibration_spreads_its_elements_and_counts_only_what_it_takes()
    {
        var seen = new List<int>();
        var workflow = Workflow.Define("seen", w => w
            .From(Scenes)
            .Select(s =>
            {
                lock (seen)
                {
                    seen.Add(s.Number);
                }

                return new Pair(s.Number, 0);
            })
            .To(Pairs));

        await MeasureAsync(workflow);

        // Of 50 elements that can be read again, four.
        Assert.Equal([0, 8, 24, 40], seen.Distinct().Order());
    }

    [Fact]
    public async Task Calibration_what_remembers_is_measured_on_elements_in_a_row_after_some_that_lead_up_to_them()
    {
        var state = new KeyedState<int[]>(() => [int.MinValue, 0], _ => [], _ => [0, 0], 1);
        var workflow = Workflow.Define("rows", w =>
        {
            // Both sources have one key. It gives something once it has seen a row, the larger the longer the row.
            var rows = w.From(Scenes).KeyBy(s => $"{s.Camera}").Process("rows", state, Step).KeyBy(p => "all");
            rows.JoinWithin("next", rows, TimeSpan.FromSeconds(1), (a, b) => a.A + 1 == b.A, (a, b) => new Pair(a.A, b.A)).To(Pairs);
        });

        var profile = await MeasureAsync(workflow, Quick with { LeadIn = 6, Together = 2 });

        Assert.Equal(1, Of(profile, "rows").ResultsPerElement);
        Assert.Equal(5, Of(profile, "rows").MessageBytes);

        // Of two sources and two sides, each on the right finds two before it on the left.
        Assert.Equal(1, Of(profile, "next").ResultsPerElement);
        Assert.StartsWith("quick calibration, 8 elements of scenes/one, scenes/two after 24 that lead up to them", profile.Provenance, StringComparison.Ordinal);

        static IEnumerable<Pair> Step(int[] state, Scene scene)
        {
            state[1] = scene.Number - state[0] is 0 or 1 ? state[1] + 1 : 1;
            state[0] = scene.Number;
            return state[1] >= 11 ? [new Pair(scene.Number, state[1] > 12 ? 1000 : 0)] : [];
        }
    }

    [Fact]
    public async Task Calibration_sources_of_different_length_that_are_joined_are_measured_at_the_same_times()
    {
        var workflow = Workflow.Define("met", w =>
        {
            var scenes = w.From(Scenes).KeyBy(s => "all");
            scenes.JoinWithin("meet", scenes, TimeSpan.FromSeconds(0.5), (a, b) => a.Camera < b.Camera, (a, b) => new Pair(a.Number, b.Number)).To(Pairs);
        });
        var bindings = new WorkflowBindings(workflow).With(Scenes, "one", () => Source("one", 50, camera: 1)).With(Scenes, "two", () => Source("two", 400, camera: 2));

        var profile = await WorkflowCalibration.MeasureAsync(bindings, MessageSizer.Empty, Quick, "quick calibration", null, default);

        // Four of each source, on both sides of the join: each of the first meets the one of the other that was at its time.
        Assert.Equal(0.25, Of(profile, "meet").ResultsPerElement);
    }

    [Fact]
    public async Task Calibration_tells_what_follows_from_a_variant_that_finds_less()
    {
        var found = Model.Define<Scene, int>(
            "find",
            [new FakeVariant<Scene, int>("few", _ => 1), new FakeVariant<Scene, int>("many", _ => 4)]);
        var workflow = Workflow.Define("found", w => w.From(Scenes)
            .Infer(found, (scene, count) => new Pair(scene.Number, count))
            .SelectMany(p => Enumerable.Range(0, p.B).Select(i => new Part(i * 1000)), name: "all")
            .Select(p => new Pair(p.Number, 0), name: "last")
            .To(Pairs));

        var profile = await MeasureAsync(workflow);

        var few = profile.Under([new VariantChoice(new OperatorId("find"), "few")]);
        var many = profile.Under([new VariantChoice(new OperatorId("find"), "many")]);
        Assert.Equal((1, 4), (Of(few, "all").ResultsPerElement, Of(many, "all").ResultsPerElement));
        Assert.True(Of(few, "all").MessageBytes < Of(many, "all").MessageBytes);
        Assert.Empty(profile.Validate(workflow));
    }

    [Fact]
    public async Task Calibration_tells_what_follows_behind_further_models_and_of_several_together()
    {
        var found = Model.Define<Scene, int>("find", [new FakeVariant<Scene, int>("few", _ => 1), new FakeVariant<Scene, int>("many", _ => 200)]);
        var looks = Model.Define<Part, string>("look", [new FakeVariant<Part, string>("short", _ => "x"), new FakeVariant<Part, string>("long", _ => new string('x', 20))]);
        var workflow = Workflow.Define("found", w => w.From(Scenes)
            .Infer(found, (scene, count) => new Pair(scene.Number, count))
            .InferMany(looks, p => Enumerable.Range(0, p.B).Select(i => new Part(i)), p => p, (p, answers) => new Found(p.B, string.Concat(answers)))
            .SelectMany(f => Enumerable.Range(0, f.Count).Select(_ => f), name: "last")
            .To(new Output<Found>("all")));

        // Time enough for all to answer on a machine that is busy with other tests; what is measured ends after its fewest runs.
        var profile = await MeasureAsync(workflow, Quick with { Budget = TimeSpan.FromMinutes(2), Precision = 1000 });

        // Whichever is slower, what finds more and what is larger answers for what follows.
        Assert.Equal((200, 4006), Last(profile));
        Assert.Equal((1, 23), Last(Under("few", "long")));
        Assert.Equal((200, 205), Last(Under("many", "short")));

        // Two that are both smaller are as much smaller as one after the other.
        var (count, bytes) = Last(Under("few", "short"));
        Assert.Equal(1, count);
        Assert.Equal(23 * 205 / 4006.0, bytes, 6);
        Assert.Empty(profile.Validate(workflow));

        Profile Under(string find, string look) => profile.Under([new VariantChoice(new OperatorId("find"), find), new VariantChoice(new OperatorId("look"), look)]);

        (double Count, double Bytes) Last(Profile p) => (Math.Round(Of(p, "last").ResultsPerElement, 6), Math.Round(Of(p, "last").MessageBytes, 6));
    }

    [Fact]
    public async Task Calibration_nothing_reaches_a_model_its_time_is_assumed_and_said_so()
    {
        var workflow = Define(parts: 0, out _);

        var profile = await MeasureAsync(workflow);

        Assert.Empty(profile.Validate(workflow));
        Assert.Contains("nothing reached 'look', 1 ms assumed", profile.Provenance, StringComparison.Ordinal);
        Assert.InRange(Of(profile, "look/parts").ResultsPerElement, 0.001, 0.5);
    }

    [Fact]
    public async Task Calibration_variant_fails_on_one_element_the_others_are_measured()
    {
        var profile = await MeasureAsync(Define(parts: 3, out _, fails: part => part == 1));

        Assert.Equal([1, 2, 4], BatchesOf(profile, "wide"));
    }

    [Theory]
    [InlineData(2, new[] { 1, 4 })]
    [InlineData(4, new[] { 1, 2 })]
    public async Task Calibration_variant_fails_on_one_batch_size_which_is_left_out_and_told(int fails, int[] measured)
    {
        var workflow = Define(parts: 3, out _, wideFailsOn: fails);

        var profile = await MeasureAsync(workflow);

        Assert.Equal(measured, BatchesOf(profile, "wide"));
        Assert.Equal([1, 2], BatchesOf(profile, "narrow"));
        var gap = Assert.Single(profile.Gaps);
        Assert.Equal(("look", "wide", fails, $"no batches of {fails}"), (gap.Operator.Value, gap.Variant, gap.BatchSize, gap.Reason));
        Assert.Empty(profile.Validate(workflow));
    }

    [Fact]
    public async Task Calibration_variant_answers_once_and_never_again_has_no_times_and_says_why()
    {
        var (answered, look) = (new HashSet<int>(), new Lock());
        bool Fails(int part)
        {
            lock (look)
            {
                return !answered.Add(part);
            }
        }

        var profile = await MeasureAsync(Define(parts: 3, out _, fails: Fails, narrowFails: false));

        Assert.Empty(BatchesOf(profile, "wide"));
        Assert.Equal((1, "wide"), (profile.Gaps[0].BatchSize, profile.Gaps[0].Variant));
        Assert.Equal([1, 2], BatchesOf(profile, "narrow"));
    }

    [Fact]
    public async Task Calibration_variant_fails_on_every_element_says_which_and_why()
    {
        var wrong = await Assert.ThrowsAsync<CalibrationException>(() => MeasureAsync(Define(parts: 3, out _, fails: _ => true)));

        Assert.Contains("Variant 'wide' of operator 'look' failed on each of 12 elements, last with: no answer to", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calibration_unloads_what_it_loaded()
    {
        await MeasureAsync(Define(parts: 3, out var unloaded));

        // Each for itself, and the dearest once more beside the others; which one that is, the clock says.
        Assert.Equal(3, unloaded.Count);
        Assert.Equal(["narrow", "wide"], unloaded.Distinct().Order());
    }

    [Fact]
    public async Task Calibration_source_without_elements_says_so()
    {
        var bindings = new WorkflowBindings(Define(parts: 3, out _)).With(Scenes, "empty", () => new ListSource<Scene>("empty", []));

        await Assert.ThrowsAsync<SourceException>(() => WorkflowCalibration.MeasureAsync(bindings, MessageSizer.Empty, Quick, "quick calibration", null, default));
    }

    [Fact]
    public async Task Calibration_with_a_camera_that_gives_nothing_ends_and_says_why()
    {
        var bindings = new WorkflowBindings(Define(parts: 3, out _)).With(Scenes, "gate", () => new DeadCamera());

        var wrong = await Assert.ThrowsAsync<SourceException>(() => WorkflowCalibration.MeasureAsync(
            bindings, MessageSizer.Empty, Quick with { Silence = TimeSpan.FromMilliseconds(20) }, "quick calibration", null, default));

        Assert.Contains("'scenes/gate' is live and has given nothing for 0 s: it was unplugged.", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calibration_with_a_camera_tells_how_much_of_it_has_been_read()
    {
        var steps = new Steps();
        var bindings = new WorkflowBindings(Define(parts: 3, out _)).With(Scenes, "gate", () => new Camera());

        await WorkflowCalibration.MeasureAsync(bindings, MessageSizer.Empty, Quick, "quick calibration", steps, default);

        var reading = steps.TakeWhile(s => s.EndsWith("elements of scenes/gate, which is live", StringComparison.Ordinal)).ToList();
        Assert.InRange(reading.Count, 5, 20);
        Assert.Equal(reading.Count, reading.Distinct().Count());
    }

    private static Workflow Define(int parts, out List<string> unloaded, Func<int, bool>? fails = null, int wideFailsOn = 0, bool narrowFails = true)
    {
        var disposed = unloaded = [];
        int Answer(Part part) => fails?.Invoke(part.Number) == true ? throw new InvalidOperationException($"no answer to {part.Number}") : part.Number;
        var model = Model.Define<Part, int>(
            "look",
            [
                new FakeVariant<Part, int>("wide", Answer, maxBatch: 8, v => disposed.Add(v.Name), wideFailsOn),
                new FakeVariant<Part, int>("narrow", narrowFails ? Answer : part => part.Number, maxBatch: 2, v => disposed.Add(v.Name)),
            ]);
        var state = new KeyedState<int[]>(() => [0], _ => [], _ => [0], 1);
        return Workflow.Define("calibrated", w =>
        {
            var tracks = w.From(Scenes)
                .Where(s => s.Number % 24 == 0)
                .InferMany(model, s => Enumerable.Range(0, parts).Select(i => new Part(i)), s => s.Number, (number, answers) => new Pair(number, answers.Count))
                .KeyBy(p => "all")
                .Process("tracks", state, Step)
                .KeyBy(p => "all");
            tracks.JoinWithin("pairs-of", tracks, TimeSpan.FromSeconds(5), (a, b) => a.A < b.A, (a, b) => new Pair(a.A, b.A)).To(Pairs);
        });
    }

    private static IEnumerable<Pair> Step(int[] state, Pair pair) => [pair, pair with { B = state[0]++ }];

    private static Task<Profile> MeasureAsync(Workflow workflow, CalibrationOptions? options = null)
    {
        var bindings = new WorkflowBindings(workflow).With(Scenes, "one", () => Source("one")).With(Scenes, "two", () => Source("two"));
        return WorkflowCalibration.MeasureAsync(bindings, MessageSizer.Empty, options ?? Quick, "quick calibration", null, default);
    }

    private static ListSource<Scene> Source(string name, int count = 50, int camera = 1) =>
        new(name, [.. Enumerable.Range(0, count).Select(i => new SourceItem<Scene>(new Scene(i, camera), DateTimeOffset.UnixEpoch.AddSeconds(i)))]);

    private static OutputProfile Of(Profile profile, string op) => profile.Outputs.Single(o => o.Operator.Value == op && o.Variant is null);

    private static IEnumerable<int> BatchesOf(Profile profile, string variant) => profile.ServiceTimes.Where(t => t.Variant == variant).Select(t => t.BatchSize);

    private sealed class Steps : List<string>, IProgress<string>
    {
        public void Report(string value) => Add(value);
    }

    /// <summary>Live, and as quick as it is asked.</summary>
    private sealed class Camera : ISource<Scene>
    {
        public string Name => "gate";

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<Scene>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
            {
                yield return new SourceItem<Scene>(new Scene(number, 1), DateTimeOffset.UnixEpoch.AddSeconds(number));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Live, and waited for without end.</summary>
    private sealed class DeadCamera : ISource<Scene>
    {
        public string Name => "gate";

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public SourceHealth? Health => new() { Condition = SourceCondition.Unreachable, Trouble = "it was unplugged" };

        public async IAsyncEnumerable<SourceItem<Scene>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            yield break;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A source that works for a while for each element that it gives, and long before the first.</summary>
    private sealed class WorkingSource(ListSource<Scene> inner, TimeSpan each) : ISource<Scene>
    {
        private TimeSpan _busy = TimeSpan.FromSeconds(5);

        public string Name => inner.Name;

        public bool IsReplayable => true;

        public double? NominalRate => null;

        public SourceWork Work => new(_busy, 0);

        public async IAsyncEnumerable<SourceItem<Scene>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var item in inner.ReadAsync(from, cancellationToken))
            {
                _busy += each;
                yield return item;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed record Scene(int Number, int Camera);

    private sealed record Part(int Number);

    private sealed record Pair(int A, int B);

    private sealed record Found(int Count, string Looks);
}
