using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Engine;

public sealed class EngineTests
{
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Answers = new("answers");
    private static readonly WorkerId Here = new("here");

    [Fact]
    public async Task Batching_while_the_model_is_busy_the_next_batch_fills_to_its_size()
    {
        var batches = new List<int>();
        using var mayRun = new SemaphoreSlim(0);
        var model = Model.Define<int, int>("slow", [new GatedVariant("slow-1", mayRun, batches)]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers)), new ListSink<int>());

        await Engine.RunAsync(Bind(workflow, sink, 20), PlanOf(workflow, batch: 4), async fragments =>
        {
            // The first batch may hold any number; while it is at the gate, the queue behind it fills.
            await Eventually(() => fragments[0].Report().Stages.Single(s => s.Operator.Value == "slow").Queue >= 8);
            mayRun.Release(100);
        });

        Assert.Equal(20, batches.Sum());
        Assert.Contains(4, batches);
        Assert.DoesNotContain(batches, size => size > 4);
        Assert.Equal(Enumerable.Range(0, 20), sink.Results.Select(r => r.Value));
    }

    [Fact]
    public async Task Batch_with_a_bad_element_only_that_one_fails()
    {
        var model = Model.Define<int, int>("picky", [new FakeVariant<int, int>("picky-1", x => x % 7 == 3 ? throw new ArgumentException("no") : x * 2)]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers)), new ListSink<int>());

        var report = (await Engine.RunAsync(Bind(workflow, sink, 50), PlanOf(workflow, batch: 8))).Single();

        Assert.Equal(Enumerable.Range(0, 50).Where(x => x % 7 != 3).Select(x => x * 2), sink.Results.Select(r => r.Value));
        Assert.Equal(Enumerable.Range(0, 50).Where(x => x % 7 == 3).Select(x => (long)x), report.Failures.Sources.Single().Latest.SelectMany(r => Enumerable.Range((int)r.First, (int)r.Count)).Select(n => (long)n));
        Assert.Equal(49, report.Outputs.Single().Settled.Single().Number);
    }

    [Fact]
    public async Task Answer_that_is_null_fails_its_element_alone_with_a_cause_that_names_the_variant()
    {
        var model = Model.Define<int, string>("speller", [new FakeVariant<int, string>("forgetful", x => x % 7 == 3 ? null! : $"{x}")]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (x, text) => x + text.Length).To(Answers)), new ListSink<int>());

        var report = (await Engine.RunAsync(Bind(workflow, sink, 50), PlanOf(workflow, batch: 8))).Single();

        Assert.Equal(43, sink.Results.Count);
        Assert.Equal(7, report.Failures.Sources.Single().Count);
        var cause = Assert.Single(report.Failures.Causes);
        Assert.Equal((new OperatorId("speller"), 7, 3L, 45L), (cause.Operator, cause.Count, cause.First.Number, cause.Latest.Number));
        Assert.Contains("Variant 'forgetful' gave null", cause.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swap_between_batches_loses_nothing_keeps_order_and_disposes_the_old_variant()
    {
        var disposed = new List<string>();
        void Note(FakeVariant<int, int> v)
        {
            lock (disposed)
            {
                disposed.Add(v.Name);
            }
        }

        var model = Model.Define<int, int>("m", [new FakeVariant<int, int>("plus", x => x, onDispose: Note), new FakeVariant<int, int>("minus", x => -x, onDispose: Note)]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers)), new ListSink<int>());

        await Engine.RunAsync(Bind(workflow, sink, int.MaxValue), PlanOf(workflow, batch: 4, parallelism: 2), async fragments =>
        {
            await fragments[0].SwapAsync(new OperatorId("m"), "minus", CancellationToken.None);
            await fragments[0].SwapAsync(new OperatorId("m"), "plus", CancellationToken.None);

            // Not before: a pool whose elements have all come has stopped, and swaps nothing.
            fragments[0].Drain();
        });

        Assert.Equal(Enumerable.Range(0, sink.Results.Count), sink.Results.Select(r => Math.Abs(r.Value)));
        Assert.Equal(["minus", "minus", "plus", "plus", "plus", "plus"], disposed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Swap_to_a_variant_that_does_not_load_the_old_one_goes_on()
    {
        var model = Model.Define<int, int>("m", [new FakeVariant<int, int>("good", x => x), new UnloadableVariant("broken")]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers)), new ListSink<int>());

        await Engine.RunAsync(
            Bind(workflow, sink, 100),
            PlanOf(workflow),
            async fragments => await Assert.ThrowsAsync<ModelLoadException>(() => fragments[0].SwapAsync(new OperatorId("m"), "broken", CancellationToken.None)));

        Assert.Equal(Enumerable.Range(0, 100), sink.Results.Select(r => r.Value));
    }

    [Fact]
    public async Task Prepare_with_a_variant_that_does_not_load_says_which_and_leaves_nothing_open()
    {
        var disposed = 0;
        var model = Model.Define<int, int>("m", [new FakeVariant<int, int>("good", x => x, onDispose: _ => disposed++)]);
        var broken = Model.Define<int, int>("n", [new UnloadableVariant("broken")]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).Infer(broken, (_, y) => y).To(Answers)), new ListSink<int>());

        var error = await Assert.ThrowsAsync<ModelLoadException>(() => Engine.RunAsync(Bind(workflow, sink, 1), PlanOf(workflow)));

        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, disposed);
    }

    [Fact]
    public async Task Latest_only_under_overload_drops_are_counted_and_the_last_element_comes()
    {
        using var mayRun = new SemaphoreSlim(0);
        var model = Model.Define<int, int>("slow", [new GatedVariant("slow-1", mayRun, [])]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers)), new ListSink<int>());
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink)
            .With(Numbers, "s", () => new ListSource<int>("s", Items(500)), Overload.LatestOnly);

        var report = (await Engine.RunAsync(bindings, PlanOf(workflow), async fragments =>
        {
            await Eventually(() => fragments[0].Report().Sources.Single().Offered == 500);
            mayRun.Release(1000);
        })).Single();

        var source = report.Sources.Single();
        Assert.Equal(500, source.Offered);
        Assert.True(source.Dropped > 0);
        Assert.Equal(source.Offered - source.Dropped, sink.Results.Count);
        Assert.Equal(499, sink.Results[^1].Value);
        Assert.Equal(sink.Results.Select(r => r.Value).Order(), sink.Results.Select(r => r.Value));
        Assert.Equal(499, report.Outputs.Single().Settled.Single().Number);
    }

    [Fact]
    public async Task Drain_all_that_was_offered_is_processed()
    {
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers)), new ListSink<int>());

        var report = (await Engine.RunAsync(Bind(workflow, sink, int.MaxValue), PlanOf(workflow), async fragments =>
        {
            await Eventually(() => sink.Results.Count > 100);
            fragments[0].Drain();
        })).Single();

        Assert.Equal(report.Sources.Single().Offered, sink.Results.Count);
        Assert.Equal(0, report.Sources.Single().Dropped);
        Assert.True(report.Sources.Single().Ended);
    }

    [Fact]
    public async Task Source_that_cannot_be_read_fails_the_fragment_with_its_message()
    {
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers)), new ListSink<int>());
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "s", () => new FailingSource(after: 0));

        var error = await Assert.ThrowsAsync<SourceException>(() => Engine.RunAsync(bindings, PlanOf(workflow)));

        Assert.Contains("unplugged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_that_fails_on_the_way_ends_and_is_reported_and_others_go_on()
    {
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers)), new ListSink<int>());
        var bindings = Bind(workflow, sink, 200).With(Numbers, "bad", () => new FailingSource(after: 5));
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), Here), (SourceId.Of("numbers", "bad"), Here)], _ => [new Instance { Worker = Here }]);

        var report = (await Engine.RunAsync(bindings, plan)).Single();

        Assert.Equal(205, sink.Results.Count);
        Assert.Equal(new SourceFault("The camera was unplugged.", IsCrash: false), report.Sources.Single(s => s.Source == SourceId.Of("numbers", "bad")).Fault);
        Assert.Null(report.Sources.Single(s => s.Source == SourceId.Of("numbers", "s")).Fault);
    }

    [Fact]
    public async Task Source_that_tells_its_work_is_metered_with_it_and_its_damage_is_counted()
    {
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var sink = new ListSink<int>();
        var bindings = Bind(workflow, sink, 10).With(Numbers, "hard", () => new HardWorkingSource());
        var plan = Plans.Of(workflow, [(SourceId.Of("numbers", "s"), Here), (SourceId.Of("numbers", "hard"), Here)], _ => [new Instance { Worker = Here }]);

        var report = (await Engine.RunAsync(bindings, plan)).Single();

        var hard = report.Sources.Single(s => s.Source == SourceId.Of("numbers", "hard"));
        Assert.Equal((5, 1.25, 2), (hard.Offered, hard.BusySeconds, hard.DamageReports));
        Assert.Equal(0, report.Sources.Single(s => s.Source == SourceId.Of("numbers", "s")).BusySeconds);
        Assert.Equal(1.25, report.Stages.Single(s => s.Operator.Value == "numbers").BusySeconds, 6);
        Assert.Equal(2, SourceProgress.Of([report]).Single(s => s.Source == hard.Source).DamageReports);
    }

    [Fact]
    public async Task Source_that_throws_the_unexpected_on_the_way_is_told_as_a_crash()
    {
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers)), new ListSink<int>());
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "s", () => new FailingSource(after: 5, new InvalidOperationException("bug")));

        var report = (await Engine.RunAsync(bindings, PlanOf(workflow))).Single();

        Assert.Equal(5, sink.Results.Count);
        Assert.Equal(new SourceFault("InvalidOperationException: bug", IsCrash: true), report.Sources.Single().Fault);
    }

    [Fact]
    public async Task Sink_that_refuses_now_and_then_every_result_is_written_once_and_retries_are_counted()
    {
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var sink = new MoodySink(refusals: 3);
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "s", () => new ListSource<int>("s", Items(100)));

        var report = (await Engine.RunAsync(bindings, PlanOf(workflow))).Single();

        Assert.Equal(Enumerable.Range(0, 100), sink.Written);
        Assert.Equal(3, report.Outputs.Single().Retries);
    }

    [Fact]
    public async Task Sink_that_always_refuses_fails_the_fragment_with_its_message()
    {
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var bindings = new WorkflowBindings(workflow).With(Answers, () => new MoodySink(refusals: int.MaxValue)).With(Numbers, "s", () => new ListSource<int>("s", Items(100)));

        var error = await Assert.ThrowsAsync<SinkException>(() => Engine.RunAsync(bindings, PlanOf(workflow)));

        Assert.Contains("moody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_source_that_falls_silent_does_not_hold_back_a_join()
    {
        var input = new Input<int>("live") { IdleAfter = TimeSpan.FromMilliseconds(100) };
        var pairs = new Output<int>("pairs");
        var workflow = Workflow.Define("w", w =>
        {
            var all = w.From(input).Unpartitioned();
            all.JoinWithin("same", all, TimeSpan.Zero, (a, b) => a == b, (a, _) => a).To(pairs);
        });
        var sink = new ListSink<int>();
        using var talk = new SemaphoreSlim(0);
        var bindings = new WorkflowBindings(workflow).With(pairs, () => sink)
            .With(input, "talks", () => new GatedSource("talks", Items(50), talk, gateAt: 49))
            .With(input, "silent", () => new GatedSource("silent", Items(1), talk, gateAt: 0));
        var plan = Plans.Of(workflow, [(SourceId.Of("live", "talks"), Here), (SourceId.Of("live", "silent"), Here)], _ => [new Instance { Worker = Here }]);

        await Engine.RunAsync(bindings, plan, async _ =>
        {
            // The silent source has given nothing, yet the other's pairs come.
            await Eventually(() => sink.Results.Count >= 40);
            talk.Release(2);
        });

        Assert.Equal(50, sink.Results.Select(r => r.Value).Distinct().Count());
    }

    private static WorkflowBindings Bind(Workflow workflow, ListSink<int> sink, int count) => new WorkflowBindings(workflow)
        .With(Answers, () => sink)
        .With(Numbers, "s", () => count == int.MaxValue ? new EndlessSource() : new ListSource<int>("s", Items(count)));

    private static Plan PlanOf(Workflow workflow, int batch = 1, int parallelism = 1) => Plans.Of(
        workflow, [(SourceId.Of("numbers", "s"), Here)], _ => [new Instance { Worker = Here, Parallelism = parallelism }], batch: batch);

    private static ImmutableArray<SourceItem<int>> Items(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i)))];

    /// <summary>Waits for a state that must come; the deadline only ends a broken test.</summary>
    internal static async Task Eventually(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!holds())
        {
            await poll.WaitForNextTickAsync(deadline.Token);
        }
    }
}
