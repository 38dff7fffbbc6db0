using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>Runs a plan on data planes of this process, without cluster.</summary>
internal static class Engine
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <param name="bindings">What is run.</param>
    /// <param name="plan">Who runs what.</param>
    /// <param name="meanwhile">What happens while it runs.</param>
    /// <param name="remote">How links between workers listen on the network, as if each had a process of its own; null for links within the process.</param>
    public static async Task<ImmutableArray<FragmentReport>> RunAsync(
        WorkflowBindings bindings, Plan plan, Func<IReadOnlyList<Fragment>, Task>? meanwhile = null, LinkOptions? remote = null)
    {
        var links = new LocalLinks();
        var workers = plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Distinct().Order().ToList();
        var endpoints = workers.Where(_ => remote is not null).ToDictionary(
            w => w, w => LinkEndpoint.Start(remote!, null, bindings.Workflow.Fingerprint, NullLoggerFactory.Instance, TimeProvider.System));
        var peers = endpoints.ToImmutableSortedDictionary(e => e.Key, e => e.Value.Address);
        var planes = workers.Select(w => new DataPlane(
            Node(w), bindings, remote is null ? links : new LocalLinks(), NullLoggerFactory.Instance, TimeProvider.System, endpoint: endpoints.GetValueOrDefault(w))).ToList();
        var fragments = new List<Fragment>();
        try
        {
            foreach (var plane in planes)
            {
                fragments.Add(await plane.PrepareAsync(new FragmentOrder(plan) { Peers = peers }, null, CancellationToken.None));
            }

            fragments.ForEach(f => f.Start());
            if (meanwhile is not null)
            {
                await meanwhile(fragments);
            }

            await Task.WhenAll(fragments.Select(f => f.Completion)).WaitAsync(Deadline);
            return [.. fragments.Select(f => f.Report())];
        }
        finally
        {
            foreach (var fragment in fragments)
            {
                await fragment.DisposeAsync();
            }

            foreach (var plane in planes)
            {
                await plane.DisposeAsync();
            }

            foreach (var endpoint in endpoints.Values)
            {
                await endpoint.DisposeAsync();
            }
        }
    }

    /// <summary>Describes a worker of which nothing matters.</summary>
    public static NodeDescription Node(WorkerId worker) => new() { Worker = worker, Tier = Tier.Edge, Cores = 1, MemoryBytes = 1 << 30 };
}
