using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Snapshots;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Fragments;

public sealed class FragmentPreparationTests
{
    private static readonly Input<int> Files = new("files");
    private static readonly Input<int> Live = new("live");
    private static readonly Output<int> OfFiles = new("of-files");
    private static readonly Output<int> OfBoth = new("of-both");

    private static readonly Workflow Workflow = Workflow.Define("both", w =>
    {
        var files = w.From(Files);
        files.To(OfFiles);
        files.Merge("merged", w.From(Live)).To(OfBoth);
    });

    [Fact]
    public async Task Run_goes_on_an_output_goes_back_to_the_snapshot_if_all_its_own_sources_can_be_read_again_and_none_is_opened_only_to_ask_twice()
    {
        var (back, opened) = (new Dictionary<string, List<long?>> { [OfFiles.Name] = [], [OfBoth.Name] = [] }, new List<string>());
        var bindings = new WorkflowBindings(Workflow)
            .With(Files, "a", () => Opened("a", isReplayable: true))
            .With(Live, "b", () => Opened("b", isReplayable: false))
            .With(OfFiles, () => new Recorder(back[OfFiles.Name]))
            .With(OfBoth, () => new Recorder(back[OfBoth.Name]));
        await using var plane = new DataPlane(Engine.Engine.Node(new("sinks")), bindings, new LocalLinks(), NullLoggerFactory.Instance, TimeProvider.System, new MemoryStore());

        for (var epoch = 2; epoch <= 4; epoch++)
        {
            var plan = Plans.Of(
                Workflow,
                [(SourceId.Of("files", "a"), new("cameras")), (SourceId.Of("live", "b"), new("cameras"))],
                _ => [new Instance { Worker = new("sinks") }],
                epoch: epoch);
            var fragment = await plane.PrepareAsync(new FragmentOrder(plan) { Resume = 7 }, null, CancellationToken.None);
            await fragment.DisposeAsync();
        }

        Assert.Equal([7, 7, 7], back[OfFiles.Name]);
        Assert.Equal([null, null, null], back[OfBoth.Name]);
        Assert.Equal(["a", "b"], opened.Order());

        ListSource<int> Opened(string name, bool isReplayable)
        {
            opened.Add(name);
            return new ListSource<int>(name, [], isReplayable);
        }
    }

    private sealed class Recorder(List<long?> back) : ITransactionalSink<int>
    {
        public Delivery Delivery => Delivery.Transactional;

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

        public Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken)
        {
            back.Add(snapshot);
            return Task.CompletedTask;
        }

        public Task WriteAsync(SinkBatch<int> batch, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PreCommitAsync(long snapshot, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task CommitAsync(long snapshot, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
