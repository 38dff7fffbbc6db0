using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>What a transactional sink has in its database: outlives the sinks that are opened on it, and the runs.</summary>
internal sealed class DurableTable<T>
    where T : notnull
{
    private readonly List<(Result<T> Result, long After)> _rows = [];
    private readonly Lock _gate = new();
    private long _epoch;
    private long _preCommitted;

    public IReadOnlyList<Result<T>> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Select(r => r.Result)];
            }
        }
    }

    public long Committed { get; private set; }

    public ISink<T> Sink() => new Open(this);

    private sealed class Open(DurableTable<T> table) : ITransactionalSink<T>
    {
        public Delivery Delivery => Delivery.Transactional;

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => BeginAsync(epoch, 0);

        public Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken) => BeginAsync(epoch, snapshot ?? 0);

        public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
        {
            lock (table._gate)
            {
                Fence(batch.Epoch);
                table._rows.AddRange(batch.Results.Select(r => (r, table._preCommitted)));
                return Task.CompletedTask;
            }
        }

        public Task PreCommitAsync(long snapshot, CancellationToken cancellationToken)
        {
            lock (table._gate)
            {
                Assert.True(snapshot > table._preCommitted, $"Snapshot {snapshot} is pre-committed after {table._preCommitted}.");
                table._preCommitted = snapshot;
                return Task.CompletedTask;
            }
        }

        public Task CommitAsync(long snapshot, CancellationToken cancellationToken)
        {
            lock (table._gate)
            {
                Assert.True(snapshot <= table._preCommitted, $"Snapshot {snapshot} is committed, but only {table._preCommitted} is pre-committed.");
                table.Committed = snapshot;
                return Task.CompletedTask;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Task<IReadOnlyList<SourcePosition>> BeginAsync(long epoch, long snapshot)
        {
            lock (table._gate)
            {
                Fence(epoch);
                Assert.True(snapshot >= table.Committed, $"The run goes back to snapshot {snapshot}, but {table.Committed} is committed.");
                table._epoch = epoch;
                table._rows.RemoveAll(r => r.After >= snapshot);
                (table._preCommitted, table.Committed) = (snapshot, snapshot);
                return Task.FromResult<IReadOnlyList<SourcePosition>>([]);
            }
        }

        private void Fence(long epoch)
        {
            if (epoch < table._epoch)
            {
                throw new SinkException($"Epoch {epoch} is fenced by {table._epoch}.");
            }
        }
    }
}
