namespace JellyBean.Runtime.Links;

/// <summary>Cancels something at a time that a <see cref="TimeProvider"/> measures.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly ITimer _timer;

    public Deadline(TimeSpan after, TimeProvider time, CancellationTokenSource source) =>
        _timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), source, after, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
