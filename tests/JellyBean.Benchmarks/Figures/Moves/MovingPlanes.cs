using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Runtime.Tests.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>Data planes whose workers reach each other by connections only, as if each had a process of its own; plans take the place of each other as told.</summary>
internal sealed class MovingPlanes : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ImmutableSortedDictionary<WorkerId, LinkEndpoint> _endpoints;
    private readonly ImmutableSortedDictionary<WorkerId, SlowRelay> _relays;
    private readonly ImmutableSortedDictionary<WorkerId, NodeAddress> _peers;
    private readonly ImmutableSortedDictionary<WorkerId, DataPlane> _planes;
    private readonly Dictionary<WorkerId, Fragment> _fragments = [];
    private Plan? _plan;

    /// <param name="bindings">The workflow, its source and its sink.</param>
    /// <param name="workers">Who there is.</param>
    /// <param name="line">What lies between them; null for loopback itself.</param>
    public MovingPlanes(WorkflowBindings bindings, IReadOnlyList<WorkerId> workers, SlowLine? line)
    {
        _endpoints = workers.ToImmutableSortedDictionary(
            w => w, w => LinkEndpoint.Start(new LinkOptions(), null, bindings.Workflow.Fingerprint, NullLoggerFactory.Instance, TimeProvider.System));
        _relays = line is null
            ? ImmutableSortedDictionary<WorkerId, SlowRelay>.Empty
            : _endpoints.ToImmutableSortedDictionary(e => e.Key, e => new SlowRelay(e.Value.Address, line.Delay, line.BitsPerSecond));
        _peers = _endpoints.ToImmutableSortedDictionary(e => e.Key, e => _relays.GetValueOrDefault(e.Key)?.Address ?? e.Value.Address);
        _planes = workers.ToImmutableSortedDictionary(
            w => w, w => new DataPlane(Engine.Node(w), bindings, new LocalLinks(), NullLoggerFactory.Instance, TimeProvider.System, endpoint: _endpoints[w]));
    }

    public async Task MoveAsync(Plan plan) => await TakeOverAsync(await PrepareAsync(plan));

    /// <summary>Prepares a plan beside the one in force.</summary>
    public async Task<IReadOnlyDictionary<WorkerId, Fragment>> PrepareAsync(Plan plan)
    {
        var next = new Dictionary<WorkerId, Fragment>();
        foreach (var (worker, plane) in _planes)
        {
            var order = new FragmentOrder(plan) { Former = _plan, Peers = _peers };
            next[worker] = await plane.PrepareAsync(order, _fragments.GetValueOrDefault(worker), CancellationToken.None);
        }

        _plan = plan;
        return next;
    }

    /// <summary>Lets it take the other's place, and lets go of that.</summary>
    public async Task TakeOverAsync(IReadOnlyDictionary<WorkerId, Fragment> next)
    {
        foreach (var fragment in next.Values)
        {
            fragment.Start();
        }

        await Task.WhenAll(next.Values.Select(f => f.TakenOver)).WaitAsync(Deadline);
        foreach (var (worker, fragment) in next)
        {
            if (_fragments.TryGetValue(worker, out var before))
            {
                await before.DisposeAsync();
            }

            _fragments[worker] = fragment;
        }
    }

    public Task FinishAsync() => Task.WhenAll(_fragments.Values.Select(f => f.Completion)).WaitAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _fragments.Values.Cast<IAsyncDisposable>().Concat(_planes.Values).Concat(_endpoints.Values).Concat(_relays.Values))
        {
            await part.DisposeAsync();
        }
    }
}

/// <summary>A line between workers.</summary>
/// <param name="Delay">Each way.</param>
/// <param name="BitsPerSecond">Each way.</param>
internal sealed record SlowLine(TimeSpan Delay, double BitsPerSecond);
