using System.Collections.Immutable;
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
internal sealed class Fragment : IAsyncDisposable
{
    private readonly Workflow _workflow;
    private readonly Plan _plan;
    private readonly FragmentParts _parts;
    private readonly ActorMaterializer _materializer;
    private readonly IRunnableGraph<NotUsed> _graph;

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

    /// <summary>Completes when every source has ended and every result is written; fails with the first stage that fails.</summary>
    public Task Completion => _parts.Completion.Task;

    /// <summary>Lets elements flow.</summary>
    public void Start() => _graph.Run(_materializer);

    /// <summary>Reads no more from its sources; what was admitted is still processed.</summary>
    public void Drain()
    {
        foreach (var reader in _parts.Readers.Values)
        {
            reader.Drain();
        }
    }

    /// <summary>Stops at once; what is inside is lost.</summary>
    public void Abort()
    {
        _materializer.Shutdown();
        _parts.Completion.Fail(new OperationCanceledException($"The fragment of worker '{Worker}' was stopped."));
    }

    /// <summary>What its meters show.</summary>
    public FragmentReport Report() => _parts.Meters.Report();

    /// <summary>Puts another variant in place of the one an operator runs, between two batches: nothing stops, nothing is lost.</summary>
    /// <exception cref="ModelLoadException">It cannot be loaded; the old one goes on.</exception>
    public async Task SwapAsync(OperatorId op, string variant, CancellationToken cancellationToken)
    {
        var instance = _plan[op].Instances.First(i => i.Worker == Worker);
        var kernels = await KernelLoader.LoadAsync((InferOperator)_workflow[op], variant, instance.Parallelism, cancellationToken).ConfigureAwait(false);
        await _parts.Pools[op].SwapAsync(kernels).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops, and closes sources, sinks and variants.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort();
        foreach (var part in Disposables())
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    private IEnumerable<IAsyncDisposable> Disposables() =>
        [.. _parts.Readers.Values.Cast<IAsyncDisposable>(), .. _parts.Pools.Values, .. _parts.Sinks.Values];
}
