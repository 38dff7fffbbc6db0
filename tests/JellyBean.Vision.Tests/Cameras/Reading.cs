using System.Collections.Immutable;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Tests.Cameras;

/// <summary>Reads a camera in the background until disposed, as the engine does.</summary>
internal sealed class Reading : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private ImmutableList<SourceItem<Frame>> _items = [];

    public Reading(ISource<Frame> camera, long from = 0) => _reading = Task.Run(() => ReadAsync(camera, from));

    public ImmutableList<SourceItem<Frame>> Items => Volatile.Read(ref _items);

    /// <summary>Waits for so many items.</summary>
    public async Task<IReadOnlyList<SourceItem<Frame>>> TakeAsync(int count)
    {
        await UntilAsync(() => Items.Count >= count);
        return Items.Take(count).ToList();
    }

    /// <summary>Looks until something outside this process has come about.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        await UntilAsync(() => _reading.IsCompleted || condition(), () => $"It did not come about; {Items.Count} items have come.");
        if (_reading.IsCompleted)
        {
            await _reading;
            Assert.True(condition(), "The camera has ended.");
        }
    }

    /// <summary>Looks until something has come about that nobody tells of.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(Look);
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.True(condition(), $"{otherwise()} (Looked for {Deadline}.)");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading.WaitAsync(Deadline);
    }

    private async Task ReadAsync(ISource<Frame> camera, long from)
    {
        try
        {
            await foreach (var item in camera.ReadAsync(from, _end.Token))
            {
                ImmutableInterlocked.Update(ref _items, items => items.Add(item));
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Asked to end.
        }
    }
}
