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

    public static async Task<ImmutableArray<FragmentReport>> RunAsync(WorkflowBindings bindings, Plan plan, Func<IReadOnlyList<Fragment>, Task>? meanwhile = null)
    {
        var links = new LocalLinks();
        var workers = plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Distinct().Order().ToList();
        var planes = workers.Select(w => new DataPlane(Node(w), bindings, links, NullLoggerFactory.Instance, TimeProvider.System)).ToList();
        var fragments = new List<Fragment>();
        try
        {
            foreach (var plane in planes)
            {
                fragments.Add(await plane.PrepareAsync(new FragmentOrder(plan), CancellationToken.None));
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
        }
    }

    /// <summary>Describes a worker of which nothing matters.</summary>
    public static NodeDescription Node(WorkerId worker) => new() { Worker = worker, Tier = Tier.Edge, Cores = 1, MemoryBytes = 1 << 30 };
}
