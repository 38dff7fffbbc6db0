using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Fragments;

/// <summary>What one worker runs of a plan: compiled, its variants loaded, its sources and sinks open.</summary>
internal sealed class Fragment : IFragment
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    private readonly Workflow _workflow;
    private readonly Plan _plan;
    private readonly FragmentParts _parts;
    private readonly ActorMaterializer _materializer;
    private readonly IRunnableGraph<NotUsed> _graph;
    private bool _isStarted;

    public Fragment(Workflow workflow, Plan plan, WorkerId worker, FragmentParts parts, ActorMaterializer materializer)
    {
        _workflow = workflow;
        _plan = plan;
        _parts = parts;
        _materializer = materializer;
        Worker = worker;
        _graph = FragmentCompiler.Compile(workflow, plan, worker, parts);
        parts.Completion.Seal();
    }

    /// <summary>The worker it is for.</summary>
    public WorkerId Worker { get; }

    /// <summary>The plan's epoch.</summary>
    public long Epoch => _plan.Epoch;

    /// <inheritdoc />
    public Task Completion => _parts.Completion.Task;

    /// <inheritdoc />
    public void Start()
    {
        _isStarted = true;
        _graph.Run(_materializer);
    }

    /// <inheritdoc />
    public void Drain()
    {
        foreach (var reader in _parts.Readers.Values)
        {
            reader.Drain();
        }
    }

    /// <inheritdoc />
    public void Abort()
    {
        // First: what its stages say when they are cut off is not the cause.
        _parts.Completion.Fail(new OperationCanceledException($"The fragment of worker '{Worker}' was stopped."));
        _materializer.Shutdown();
    }

    /// <inheritdoc />
    public FragmentReport Report() => _parts.Meters.Report();

    /// <summary>Puts another variant in place of the one an operator runs, between two batches: nothing stops, nothing is lost.</summary>
    /// <exception cref="ModelLoadException">It cannot be loaded; the old one goes on.</exception>
    public async Task SwapAsync(OperatorId op, string variant, CancellationToken cancellationToken)
    {
        var instance = _plan[op].Instances.First(i => i.Worker == Worker);
        var kernels = await KernelLoader.LoadAsync((InferOperator)_workflow[op], variant, instance.Parallelism, cancellationToken).ConfigureAwait(false);
        await _parts.Pools[op].SwapAsync(kernels).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops, and closes links, sources, sinks and variants, once no stage uses them any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort();
        if (_isStarted)
        {
            await _parts.Completion.Stopped.WaitAsync(StopDeadline).ConfigureAwait(false);
        }

        _parts.Links.Close();

        // All at once: one that cannot be let go, or not soon, must not keep the others.
        await Task.WhenAll(Disposables().Select(DisposeAsync)).ConfigureAwait(false);
    }

    private static async Task DisposeAsync(IAsyncDisposable part) => await part.DisposeAsync().ConfigureAwait(false);

    private IEnumerable<IAsyncDisposable> Disposables() =>
        [.. _parts.Readers.Values.Cast<IAsyncDisposable>(), .. _parts.Pools.Values, .. _parts.Sinks.Values];
}
