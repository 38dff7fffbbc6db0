using System.Globalization;
using System.Runtime.CompilerServices;
using JellyBean.Hosting;
using JellyBean.Hosting.Sinks;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JellyBean.EndToEnd.Tests.Rig;

/// <summary>A program whose models load, and whose state is written, only when the test lets them: what this assembly does as a process.</summary>
/// <remarks>Numbers come in on the edge, and are added up by key in the cloud.</remarks>
internal static class RigProgram
{
    public const int Keys = 4;

    /// <summary>The model's file, in the rig's folder: how many bytes it takes once it is loaded.</summary>
    public const string ModelFile = "model.txt";

    /// <summary>What results are written to: a file for each process.</summary>
    public const string Results = "sums-*.jsonl";

    public static Input<Number> Numbers { get; } = new("numbers") { Tier = Tier.Edge };

    public static Output<Sum> Sums { get; } = new("sums");

    public static Model<Number, long> Model { get; } = Workflows.Models.Model.Define<Number, long>("model", [new RigVariant()]);

    public static Workflow Workflow { get; } = Workflow.Define("rig", w => w
        .From(Numbers)
        .Infer(Model, (number, value) => number with { Value = value })
        .KeyBy(number => (number.Value % Keys).ToString(CultureInfo.InvariantCulture))
        .Process("adder", Adder.State, (adder, number) => adder.Add(number))
        .To(Sums));

    private static string Folder => Environment.GetEnvironmentVariable("JELLYBEAN_CACHE") ?? throw new InvalidOperationException("The rig's folder is JELLYBEAN_CACHE; it is not set.");

    public static async Task<int> Main(string[] args)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddJellyBean(Workflow)
            .UseSources(Numbers, new NumberFactory())
            .UseSink(Sums, services => new JsonLinesSink<Sum>(
                Path.Combine(services.GetRequiredService<RunContext>().OutputFolder, Results.Replace("*", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}"), StringComparison.Ordinal))));
        return await builder.Build().RunJellyBeanAsync(args);
    }

    internal sealed record Number(long Value);

    internal sealed record Sum(string Key, long Value, long Total);

    private sealed class RigVariant() : Variant<Number, long>("rig")
    {
        public override int MaxBatch => 8;

        public override Task<LoadedVariant<Number, long>> LoadAsync(Device device, CancellationToken cancellationToken) => Task.Run<LoadedVariant<Number, long>>(
            () =>
            {
                RigGate.Pass(Folder, RigGate.Loading);
                var text = File.ReadAllText(Path.Combine(Folder, ModelFile));
                return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                    ? new Loaded(new byte[bytes])
                    : throw new ModelLoadException($"The file of variant '{Name}' is damaged: it says '{text}', and should say a number of bytes.");
            },
            cancellationToken);

        private sealed class Loaded(byte[] weights) : LoadedVariant<Number, long>
        {
            public override long MemoryBytes => weights.Length;

            public override void Run(ReadOnlySpan<Number> batch, Span<long> results)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    results[i] = batch[i].Value;
                }
            }

            protected override void Dispose(bool disposing)
            {
            }
        }
    }

    private sealed class Adder
    {
        private long _total;

        public static KeyedState<Adder> State { get; } = new(
            () => new Adder(),
            adder =>
            {
                RigGate.Pass(Folder, RigGate.State);
                return BitConverter.GetBytes(adder._total);
            },
            bytes => new Adder { _total = BitConverter.ToInt64(bytes.Span) },
            Version: 1);

        public Sum[] Add(Number number)
        {
            _total += number.Value;
            return [new Sum((number.Value % Keys).ToString(CultureInfo.InvariantCulture), number.Value, _total)];
        }
    }

    private sealed class NumberFactory : ISourceFactory<Number>
    {
        public ISource<Number>? Create(SourceSettings settings)
        {
            var (count, rate) = (settings.Number("count", 1, 1e6) ?? 100, settings.Number("rate", 0.1, 1e5) ?? 100);
            return settings.Errors.Count > 0 ? null : new NumberSource(settings.Name, (long)count, rate);
        }
    }

    private sealed class NumberSource(string name, long count, double rate) : ISource<Number>
    {
        public string Name => name;

        public bool IsReplayable => true;

        public double? NominalRate => rate;

        public async IAsyncEnumerable<SourceItem<Number>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
            for (var number = from; number < count; number++)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
                yield return new SourceItem<Number>(new Number(number), DateTimeOffset.UnixEpoch.AddSeconds(number / rate));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
