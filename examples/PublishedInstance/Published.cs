using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace PublishedInstance;

/// <summary>Models, sources and sinks that are planned with and refuse to run: the published instance consists of figures.</summary>
internal static class Published
{
    private const string Refusal = "belongs to the published instance, which is figures only: it can be planned ('plan'), not run";

    public static Model<TIn, TOut> Model<TIn, TOut>(string name, params string[] variants)
        where TIn : notnull
        where TOut : notnull
        => JellyBean.Workflows.Models.Model.Define(name, variants.Select(v => new PublishedVariant<TIn, TOut>(name, v)));

    private sealed class PublishedVariant<TIn, TOut>(string model, string name) : Variant<TIn, TOut>(name)
        where TIn : notnull
        where TOut : notnull
    {
        // Latencies were published for one request at a time.
        public override int MaxBatch => 1;

        public override Task<LoadedVariant<TIn, TOut>> LoadAsync(Device device, CancellationToken cancellationToken) =>
            throw new ModelLoadException($"Variant '{Name}' of model '{model}' {Refusal}.");
    }

    /// <summary>Makes sources without elements.</summary>
    public sealed class Sources<T> : ISourceFactory<T>
        where T : notnull
    {
        public ISource<T> Create(SourceSettings settings) => new Source(settings.Name);

        private sealed class Source(string name) : ISource<T>
        {
            public string Name => name;

            public bool IsReplayable => false;

            public double? NominalRate => null;

            public IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, CancellationToken cancellationToken) =>
                throw new SourceException($"Source '{name}' {Refusal}.");

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>Opens for nobody.</summary>
    public sealed class Sink<T>(string output) : ISink<T>
        where T : notnull
    {
        public Delivery Delivery => Delivery.AtLeastOnce;

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) =>
            throw new SinkException($"Output '{output}' {Refusal}.");

        public Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken) => throw new SinkException($"Output '{output}' {Refusal}.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
