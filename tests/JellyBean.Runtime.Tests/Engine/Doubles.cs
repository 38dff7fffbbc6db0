using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>Waits at a gate before each batch.</summary>
internal sealed class GatedVariant(string name, SemaphoreSlim gate, List<int> batches) : Variant<int, int>(name)
{
    public override Task<LoadedVariant<int, int>> LoadAsync(Device device, CancellationToken cancellationToken) =>
        Task.FromResult<LoadedVariant<int, int>>(new Loaded(gate, batches));

    private sealed class Loaded(SemaphoreSlim gate, List<int> batches) : LoadedVariant<int, int>
    {
        public override long MemoryBytes => 0;

        public override void Run(ReadOnlySpan<int> batch, Span<int> results)
        {
            if (!gate.Wait(TimeSpan.FromSeconds(30)))
            {
                throw new TimeoutException("The test never opened the gate.");
            }

            batches.Add(batch.Length);
            batch.CopyTo(results);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>Never loads.</summary>
internal sealed class UnloadableVariant(string name) : Variant<int, int>(name)
{
    public override Task<LoadedVariant<int, int>> LoadAsync(Device device, CancellationToken cancellationToken) =>
        Task.FromException<LoadedVariant<int, int>>(new ModelLoadException($"Variant '{Name}' is broken."));
}

/// <summary>Gives some elements, then fails.</summary>
internal sealed class FailingSource(int after, Exception? cause = null) : ISource<int>
{
    public string Name => "bad";

    public bool IsReplayable => true;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < after; i++)
        {
            await Task.Yield();
            yield return new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i));
        }

        throw cause ?? new SourceException("The camera was unplugged.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Gives five elements, a quarter of a second of work each, and meets damage behind the last one, too.</summary>
internal sealed class HardWorkingSource : ISource<int>
{
    public string Name => "hard";

    public bool IsReplayable => true;

    public double? NominalRate => null;

    public SourceWork Work { get; private set; }

    public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < 5; i++)
        {
            await Task.Yield();
            Work = new SourceWork(TimeSpan.FromSeconds(0.25 * (i + 1)), i / 4);
            yield return new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i));
        }

        Work = Work with { DamageReports = 2 };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Never ends by itself.</summary>
internal sealed class EndlessSource : ISource<int>
{
    public string Name => "s";

    public bool IsReplayable => true;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A source, live unless said otherwise, that says nothing more, from some element on, until a gate opens.</summary>
internal sealed class GatedSource(string name, IReadOnlyList<SourceItem<int>> items, SemaphoreSlim gate, int gateAt, bool isReplayable = false) : ISource<int>
{
    public string Name => name;

    public bool IsReplayable => isReplayable;

    public double? NominalRate => null;

    public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i == gateAt)
            {
                await gate.WaitAsync(cancellationToken);
            }

            yield return items[i];
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Refuses some writes, then takes them.</summary>
internal sealed class MoodySink(int refusals) : ISink<int>
{
    private int _refused;

    public List<int> Written { get; } = [];

    public Delivery Delivery => Delivery.Transactional;

    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    public Task WriteAsync(SinkBatch<int> batch, CancellationToken cancellationToken)
    {
        if (_refused < refusals)
        {
            _refused++;
            return Task.FromException(new SinkException("The sink is moody."));
        }

        Written.AddRange(batch.Results.Select(r => r.Value));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
