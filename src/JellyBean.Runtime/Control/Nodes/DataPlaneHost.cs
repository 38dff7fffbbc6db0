using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>A data plane as agents see it. Takes ownership of it.</summary>
internal sealed class DataPlaneHost(DataPlane plane) : IFragmentHost
{
    public async Task<IFragment> PrepareAsync(Plan plan, CancellationToken cancellationToken) =>
        new HostedFragment(await plane.PrepareAsync(plan, cancellationToken).ConfigureAwait(false));

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    private sealed class HostedFragment(Fragment fragment) : IFragment
    {
        public Task Completion => fragment.Completion;

        public void Start() => fragment.Start();

        public void Drain() => fragment.Drain();

        public void Abort() => fragment.Abort();

        public FragmentReport Report() => fragment.Report();

        public ValueTask DisposeAsync() => fragment.DisposeAsync();
    }
}
