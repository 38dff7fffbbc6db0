using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Links;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Fragments;

/// <summary>The part of a node that carries elements: a local actor system of its own, which outlives the cluster's.</summary>
internal sealed class DataPlane : IAsyncDisposable
{
    public DataPlane(NodeDescription node, WorkflowBindings bindings, LocalLinks links, ILoggerFactory loggers) => throw new NotSupportedException();

    /// <summary>Compiles the worker's part of a plan and loads its variants; lets nothing flow yet.</summary>
    public Task<Fragment> PrepareAsync(Plan plan, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
