using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Commands;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Tests;

/// <summary>A small program with fake models: numbers come in, a model names them, names go out.</summary>
internal sealed class TestProgram : IDisposable
{
    public static readonly Input<Number> Numbers = new("numbers");
    public static readonly Output<Named> Names = new("names");

    public static readonly Model<Number, string> Namer = Model.Define<Number, string>("namer", [new FakeVariant("small", maxBatch: 4), new FakeVariant("large", maxBatch: 2)]);

    public static readonly Workflow Workflow = Workflow.Define("naming", w => w
        .From(Numbers)
        .Infer(Namer, (number, name) => new Named(number.Value, name))
        .To(Names, new Objectives { Accuracy = new AccuracyFloor("recall", 0.5) }));

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly TextWriter _lockedError;
    private readonly bool _ownsFolder;
    private readonly HostApplicationBuilder _host = Host.CreateEmptyApplicationBuilder(null);

    /// <param name="folder">Another program's, so that this one is its next start; its own unless given.</param>
    public TestProgram(string? folder = null)
    {
        _lockedError = TextWriter.Synchronized(_error);
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("jellybean-hosting-").FullName;
        _host.Services.AddSingleton(new Terminal(_output, _lockedError, IsInteractive: false));
        _host.Services.AddSingleton<IEngine>(Engine);
        _host.Services.AddLogging(l => l.ClearProviders());
        Builder = _host.AddJellyBean(Workflow)
            .UseSources(Numbers, Sources, option: "--number")
            .UseSink(Names, _ => new NullSink(SinkFault))
            .UseProfile(Row("small", 0.6), Row("large", 0.9))
            .CallElements("frames");
    }

    public JellyBeanBuilder Builder { get; }

    public IServiceCollection Services => _host.Services;

    public string Folder { get; }

    public FakeEngine Engine { get; } = new();

    public NumberFactory Sources { get; } = new();

    /// <summary>Why the sink cannot be opened; null if it can.</summary>
    public string? SinkFault { get; set; }

    public string Output => _output.ToString();

    public string Error
    {
        get
        {
            // The writer locks itself.
            lock (_lockedError)
            {
                return _error.ToString();
            }
        }
    }

    public static AccuracyRow Row(string variant, double value) => new()
    {
        Metric = "recall",
        Variants = [new VariantChoice(new OperatorId("namer"), variant)],
        Value = value,
        Provenance = "made up for tests",
    };

    /// <summary>Writes a configuration file.</summary>
    public string Write(string text, string name = "test.conf")
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The arguments of a run with two sources, in a folder of its own.</summary>
    public string[] Run(params ReadOnlySpan<string> more) =>
    [
        "run", "--output", Path.Combine(Folder, "out"), "--config", Write("jellybean.inputs.numbers { north { rate = 7 }, south { rate = 7, node = edge-2 } }"), .. more,
    ];

    public async Task<int> InvokeAsync(params string[] args)
    {
        using var host = _host.Build();
        return await host.RunJellyBeanAsync(args);
    }

    public async Task<int> InvokeAsync(StopSignals signals, params string[] args)
    {
        using var host = _host.Build();
        return await host.Services.GetRequiredService<CommandTree>().InvokeAsync(args, signals);
    }

    public void Dispose()
    {
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    internal sealed record Number(int Value);

    internal sealed record Named(int Value, string Name);

    internal sealed class NumberFactory : ISourceFactory<Number>
    {
        /// <summary>What the sources give.</summary>
        public int Count { get; set; } = 40;

        public double? NominalRate { get; set; } = 5;

        /// <summary>Whether the sources know beforehand how many elements they give.</summary>
        public bool KnowCount { get; set; }

        /// <summary>How many elements were read of all sources.</summary>
        public long Given => Interlocked.Read(ref _given);

        private long _given;

        public void CountGiven() => Interlocked.Increment(ref _given);

        public ISource<Number>? Create(SourceSettings settings)
        {
            var uri = settings.Text("uri", "numbers")!;
            settings.Number("scale", 0, 10);
            return settings.Errors.Count > 0 ? null : new NumberSource(this, settings.Name, uri);
        }
    }

    internal sealed class FakeEngine : IEngine
    {
        public IReadOnlyList<NodeDescription> Nodes { get; private set; } = [];

        public Plan? Plan { get; private set; }

        public LocalClusterOptions? Options { get; private set; }

        public Func<Plan, CancellationToken, CancellationToken, Task<RunReport>> Running { get; set; } = (plan, _, _) => Task.FromResult(Report(plan, 40));

        public Task<RunReport> RunAsync(
            WorkflowBindings bindings,
            IReadOnlyList<NodeDescription> nodes,
            Plan plan,
            UnfinishedRun? resume,
            LocalClusterOptions options,
            IProgress<RunReport> progress,
            CancellationToken drain,
            CancellationToken abort)
        {
            Options = options;
            (Nodes, Plan) = (nodes, plan);
            progress.Report(Report(plan, 1));
            return Running(plan, drain, abort);
        }

        /// <summary>A run in which every source gave so many elements.</summary>
        public static RunReport Report(Plan plan, long each) => new()
        {
            Epoch = 1,
            Elapsed = TimeSpan.FromSeconds(10),
            IsComplete = true,
            Fragments =
            [
                new FragmentReport(
                    1,
                    plan.Sources[0].Worker,
                    [.. plan.Sources.Select(s => new SourceReport(s.Source, each, 0, true, null, 0.5, 0))],
                    [new StageReport(new OperatorId("namer"), plan[new OperatorId("namer")].Variant, 2 * each, 2 * each, 0, 0, 0, each, 1, Distribution.Empty, Distribution.Empty, Distribution.Empty)],
                    [],
                    [new OutputReport(new OperatorId("names"), 2 * each, 0, new Distribution(2 * each, 12, 11, 20, 33, 40), [.. plan.Sources.Select(s => new SettledSource(s.Source, each - 1))])],
                    FailureReport.None),
            ],
        };
    }

    private sealed class NumberSource(NumberFactory factory, string name, string uri) : ISource<Number>
    {
        private long _given;

        public string Name => name;

        public bool IsReplayable => true;

        public double? NominalRate { get; } = factory.NominalRate;

        // Told, as else the work of all tests that run beside would be taken for its own.
        public SourceWork Work => new(TimeSpan.FromMicroseconds(Volatile.Read(ref _given)), 0);

        public Task<long?> CountAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(factory.KnowCount ? factory.Count : null);

        public async IAsyncEnumerable<SourceItem<Number>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (uri == "missing")
            {
                throw new SourceException($"'{name}': there is no file 'missing'. Check its name.");
            }

            for (var i = (int)from; i < factory.Count; i++)
            {
                await Task.Yield();
                Interlocked.Increment(ref _given);
                factory.CountGiven();
                yield return new SourceItem<Number>(new Number(i), DateTimeOffset.UnixEpoch.AddSeconds(i));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FakeVariant(string name, int maxBatch) : Variant<Number, string>(name)
    {
        public override int MaxBatch => maxBatch;

        public override Task<LoadedVariant<Number, string>> LoadAsync(Device device, CancellationToken cancellationToken) =>
            Task.FromResult<LoadedVariant<Number, string>>(new Loaded(Name));

        private sealed class Loaded(string variant) : LoadedVariant<Number, string>
        {
            public override long MemoryBytes => 1_000_000;

            public override void Run(ReadOnlySpan<Number> batch, Span<string> results)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    results[i] = $"{variant} {batch[i].Value}";
                }
            }

            protected override void Dispose(bool disposing)
            {
            }
        }
    }

    private sealed class NullSink(string? fault) : ISink<Named>
    {
        public Delivery Delivery => Delivery.Idempotent;

        public Task CheckAsync(CancellationToken cancellationToken) => fault is null ? Task.CompletedTask : Task.FromException(new SinkException(fault));

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

        public Task WriteAsync(SinkBatch<Named> batch, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
