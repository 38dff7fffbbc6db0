using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Fragments;

/// <summary>What one worker runs of a plan: compiled, its variants loaded.</summary>
internal sealed class Fragment : IAsyncDisposable
{
    public WorkerId Worker => throw new NotSupportedException();

    public long Epoch => throw new NotSupportedException();

    /// <summary>Completes when every source has ended and every result is written; fails with the first stage that fails.</summary>
    public Task Completion => throw new NotSupportedException();

    /// <summary>Lets elements flow.</summary>
    public void Start() => throw new NotSupportedException();

    /// <summary>Reads no more from its sources; what was admitted is still processed.</summary>
    public void Drain() => throw new NotSupportedException();

    /// <summary>Stops at once; what is inside is lost.</summary>
    public void Abort() => throw new NotSupportedException();

    public FragmentReport Report() => throw new NotSupportedException();

    public Task SwapAsync(OperatorId op, string variant, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
