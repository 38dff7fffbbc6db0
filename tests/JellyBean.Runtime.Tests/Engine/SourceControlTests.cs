using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Engine;

public sealed class SourceControlTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Answers = new("answers");
    private static readonly SourceId One = SourceId.Of("numbers", "one");
    private static readonly SourceId Two = SourceId.Of("numbers", "two");

    [Fact]
    public async Task Pause_one_source_the_other_flows_and_nothing_of_either_is_lost()
    {
        var sink = new ListSink<int>();
        var counted = 0L;

        var report = (await RunAsync(sink, Overload.Block, async control =>
        {
            await Until(() => Of(control, One).Offered > 50 && Of(control, Two).Offered > 50);
            control.Hold([One], []);
            control.Hold([One], []);
            await Until(() => Of(control, One) is { IsPaused: true, Waiting: 0 });
            var (paused, other) = (Of(control, One).Offered, Of(control, Two).Offered);
            await Until(() => Of(control, Two).Offered > other + 500);
            counted = Of(control, One).Offered - paused;
            control.Hold([], []);
            control.Hold([], []);
            await Until(() => Of(control, One).Offered > paused + 50);
            control.Drain();
        })).Single();

        Assert.Equal(0, counted);
        Assert.Equal(report.Sources.Sum(s => s.Offered), sink.Results.Count);
        foreach (var source in new[] { One, Two })
        {
            var values = sink.Results.Where(r => r.Id.Contains(source.Value, StringComparison.Ordinal)).Select(r => r.Value).ToList();
            Assert.Equal(Enumerable.Range(0, values.Count), values);
        }
    }

    [Fact]
    public async Task Pause_of_a_source_that_is_read_elsewhere_does_nothing()
    {
        await RunAsync(new ListSink<int>(), Overload.Block, async control =>
        {
            control.Hold([SourceId.Of("numbers", "three")], []);
            await Until(() => Of(control, One).Offered > 50);
            control.Drain();
        });
    }

    [Fact]
    public async Task Source_that_another_version_has_read_meanwhile_passes_that_by_once_it_is_held_up_and_counts_its_own()
    {
        var sink = new ListSink<int>();
        long paused = 0;

        var report = (await RunAsync(sink, Overload.Block, async control =>
        {
            var passed = Of(control, Two).Offered;
            await Until(() => Of(control, One).Offered > 50);
            control.Hold([], [new SourceStart(One, long.MaxValue / 2, 0)]);
            await Until(() => Of(control, One).Offered > passed + 100);
            control.Hold([One], []);
            await Until(() => Of(control, One) is { IsPaused: true, Waiting: 0 });
            paused = Of(control, One).Offered;
            control.Hold([], [new SourceStart(One, paused + 1000, 1000)]);
            control.Hold([], [new SourceStart(One, paused + 1000, 1000)]);
            await Until(() => Of(control, One).Offered > paused + 50);
            control.Drain();
        })).Single();

        var one = report.Sources.Single(s => s.Source == One);
        var values = sink.Results.Where(r => r.Id.Contains(One.Value, StringComparison.Ordinal)).Select(r => (long)r.Value).ToList();
        Assert.Equal(Enumerable.Range(0, values.Count).Select(n => n < paused ? n : n + 1000L), values);
        Assert.Equal((1000L, values.Count), (one.First, one.Offered));
        Assert.Equal(values.Count, SourceProgress.Of([report]).Single(s => s.Source == One).Processed);
    }

    [Fact]
    public async Task Live_source_that_is_silent_when_it_comes_back_from_another_version_is_settled_up_to_there()
    {
        var sink = new ListSink<int>();
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "one", () => new FallsSilent("one", after: 50));
        var plan = Plans.Of(workflow, [(One, Worker)], _ => [new Instance { Worker = Worker }]);
        var from = SourceNumbers.FirstIn(3) + 7;

        var report = (await Engine.RunAsync(bindings, plan, async fragments =>
        {
            var control = fragments[0];
            await Until(() => SourceProgress.Of([control.Report()]).Single().Processed == 50);
            control.Hold([One], []);
            await Until(() => Of(control, One) is { IsPaused: true, Waiting: 0 });
            control.Hold([], [new SourceStart(One, from, from - 50)]);
            await Until(() => control.Report().Outputs.Single().Settled.Single().Number == from - 1);
            control.Drain();
        })).Single();

        Assert.Equal((50L, 50L), (report.Sources.Single().Offered, SourceProgress.Of([report]).Single().Processed));
    }

    [Fact]
    public async Task Sample_takes_so_many_per_second_of_event_time_and_counts_the_others_by_their_reason()
    {
        var sink = new ListSink<int>();
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var items = Enumerable.Range(0, 1000).Select(n => new SourceItem<int>(n, DateTimeOffset.UnixEpoch.AddMilliseconds(100 * n))).ToList();
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "one", () => new ListSource<int>("one", items), Overload.Sample(2.5));
        var plan = Plans.Of(workflow, [(One, Worker)], _ => [new Instance { Worker = Worker }]);

        var source = (await Engine.RunAsync(bindings, plan)).Single().Sources.Single();

        Assert.Equal(1000, source.Offered);
        Assert.InRange(source.Offered - source.Sampled, 249, 252);
        Assert.Equal(source.Dropped, source.Sampled + source.Overtaken);
        Assert.Equal(source.Offered - source.Dropped, sink.Results.Count);
    }

    private static readonly WorkerId Worker = new("edge");

    private static SourceReport Of(Fragment fragment, SourceId source) => fragment.Report().Sources.Single(s => s.Source == source);

    private static async Task<IReadOnlyList<FragmentReport>> RunAsync(
        ListSink<int> sink, Overload overload, Func<Fragment, Task> meanwhile)
    {
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink);
        foreach (var name in new[] { "one", "two" })
        {
            bindings = bindings.With(Numbers, name, () => new CountingSource(name), overload);
        }

        var plan = Plans.Of(workflow, [(One, Worker), (Two, Worker)], _ => [new Instance { Worker = Worker }]);
        return await Engine.RunAsync(bindings, plan, fragments => meanwhile(fragments[0]));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            Assert.True(await timer.WaitForNextTickAsync(limit.Token));
        }
    }

    /// <summary>A live source of which nothing more comes.</summary>
    private sealed class FallsSilent(string name, int after) : ISource<int>
    {
        public string Name => name;

        public bool IsReplayable => false;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var n = from; n < after; n++)
            {
                yield return new SourceItem<int>((int)n, DateTimeOffset.UnixEpoch.AddMilliseconds(n));
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
