using System.Runtime.CompilerServices;
using JellyBean.Hosting;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Hosting;

namespace JellyBean.Benchmarks.Clusters;

/// <summary>The program whose processes are measured: ticks come in on one tier, are counted by key on another, and go nowhere.</summary>
internal static class SiteProgram
{
    /// <summary>The first argument that makes this binary be that program.</summary>
    public const string Word = "site";

    public static Input<Tick> Ticks { get; } = new("ticks") { Tier = Tier.Edge };

    public static Output<Tick> Counted { get; } = new("counted");

    public static Workflow Workflow { get; } = Workflow.Define("site", w => w
        .From(Ticks)
        .KeyBy(tick => tick.Source)
        .Process("count", Count.State, (count, tick) => count.Add(tick))
        .To(Counted));

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddJellyBean(Workflow).UseSources(Ticks, new TickFactory()).UseSink(Counted, _ => new Nowhere());
        return await builder.Build().RunJellyBeanAsync(args);
    }

    internal sealed record Tick(string Source, long Number, byte[] Payload);

    private sealed class Count
    {
        public static KeyedState<Count> State { get; } =
            new(() => new Count(), count => BitConverter.GetBytes(count._ticks), bytes => new Count { _ticks = BitConverter.ToInt64(bytes.Span) }, Version: 1);

        private long _ticks;

        public Tick[] Add(Tick tick)
        {
            _ticks++;
            return [tick with { Payload = [] }];
        }
    }

    private sealed class TickFactory : ISourceFactory<Tick>
    {
        public ISource<Tick>? Create(SourceSettings settings)
        {
            var bytes = (int)(settings.Number("bytes", 0, 10_000_000) ?? 100);
            var rate = settings.Number("per-second", 0.001, 1e6) ?? 100;
            return settings.Errors.Count > 0 ? null : new TickSource(settings.Name, bytes, rate);
        }
    }

    /// <summary>Never ends: runs of it are stopped.</summary>
    private sealed class TickSource(string name, int bytes, double rate) : ISource<Tick>
    {
        private readonly byte[] _payload = new byte[bytes];

        public string Name => name;

        public bool IsReplayable => true;

        public double? NominalRate => rate;

        public async IAsyncEnumerable<SourceItem<Tick>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var number = from; !cancellationToken.IsCancellationRequested; number++)
            {
                yield return new SourceItem<Tick>(new Tick(name, number, _payload), DateTimeOffset.UnixEpoch.AddSeconds(number / rate));
                if (number % 64 == 0)
                {
                    await Task.Yield();
                }
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Nowhere : ISink<Tick>
    {
        public Delivery Delivery => Delivery.AtLeastOnce;

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

        public Task WriteAsync(SinkBatch<Tick> batch, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
