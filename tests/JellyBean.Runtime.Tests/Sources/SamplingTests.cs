using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Snapshots;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Sources;

public sealed class SamplingTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Gen<(double PerSecond, int[] Steps, int Cut)> Readings = Gen.Select(Gen.Double[0.1, 40], Gen.Int[0, 900].Array[1, 200], Gen.Int[0, 199]);

    [Fact]
    public void Sampling_that_goes_on_behind_any_element_takes_those_that_it_would_have_taken() => Readings.Sample((perSecond, steps, cut) =>
    {
        var times = Times(steps);
        var whole = Taken(new EventTimeSampling(perSecond, long.MinValue, RateLimit.Full), times);
        var last = whole[cut % whole.Count];
        var split = times.IndexOf(last) + 1;
        var before = new EventTimeSampling(perSecond, long.MinValue, RateLimit.Full);

        var first = Taken(before, times[..split]);
        var rest = Taken(new EventTimeSampling(perSecond, last.UtcTicks, before.Tokens), times[split..]);

        return whole.SequenceEqual([.. first, .. rest]);
    });

    [Fact]
    public void Sampling_of_a_source_that_gives_no_more_than_is_taken_leaves_out_one_at_most_though_its_times_are_rounded() => Gen.Int[1, 60].Sample(fps =>
    {
        ImmutableArray<DateTimeOffset> times = [.. Enumerable.Range(0, 300).Select(n => DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(1000.0 * n / fps)))];

        return Taken(new EventTimeSampling(fps, long.MinValue, RateLimit.Full), times).Count >= times.Length - 1;
    });

    [Fact]
    public async Task Source_that_is_sampled_and_gone_on_with_leaves_out_what_it_would_have_left_out_and_counts_on()
    {
        var input = new Input<int>("numbers");
        var output = new Output<int>("copies");
        var workflow = Workflow.Define("w", w => w.From(input).To(output));
        var (here, source) = (new WorkerId("here"), SourceId.Of("numbers", "file"));
        var items = Enumerable.Range(0, 100).Select(n => new SourceItem<int>(n, DateTimeOffset.UnixEpoch.AddMilliseconds(130 * n))).ToList();

        async Task<SourceReport> RunAsync(SourceState? state)
        {
            var store = new MemoryStore();
            var bindings = new WorkflowBindings(workflow).With(output, () => new ListSink<int>()).With(input, "file", () => new ListSource<int>("file", items), Overload.Sample(3));
            if (state is not null)
            {
                await store.WriteAsync(new SnapshotPart(1, 1, here, [new StatePiece(SourceState.OwnerOf(source), StateFormat.Version, state.Write())]), ImmutableSortedDictionary<WorkerId, NodeAddress>.Empty, CancellationToken.None);
            }

            await using var plane = new DataPlane(Engine.Engine.Node(here), bindings, new LocalLinks(), NullLoggerFactory.Instance, TimeProvider.System, store);
            var plan = Plans.Of(workflow, [(source, here)], _ => [new Instance { Worker = here }], epoch: 2);
            await using var fragment = await plane.PrepareAsync(new FragmentOrder(plan) { Resume = state is null ? null : 1 }, null, CancellationToken.None);
            fragment.Start();
            await fragment.Completion.WaitAsync(Deadline);
            return fragment.Report().Sources.Single();
        }

        var times = items.Select(i => i.EventTime).ToImmutableArray();
        var taken = Taken(new EventTimeSampling(3, long.MinValue, RateLimit.Full), times);
        var cut = times.IndexOf(taken[10]);
        var before = new EventTimeSampling(3, long.MinValue, RateLimit.Full);
        Taken(before, times[..(cut + 1)]);

        var whole = await RunAsync(null);
        var rest = await RunAsync(new SourceState(cut, taken[10].UtcTicks, cut - 10, cut + 1, Sampled: cut - 10, Tokens: before.Tokens));

        Assert.Equal((items.Count, items.Count - taken.Count), (whole.Offered, whole.Sampled));
        Assert.Equal((whole.Offered, whole.Sampled), (rest.Offered, rest.Sampled));
    }

    private static ImmutableArray<DateTimeOffset> Times(int[] steps)
    {
        var time = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);
        return [.. steps.Select(step => time = time.AddMilliseconds(step + 1))];
    }

    private static List<DateTimeOffset> Taken(EventTimeSampling sampling, ImmutableArray<DateTimeOffset> times) => [.. times.Where(sampling.Admits)];
}
