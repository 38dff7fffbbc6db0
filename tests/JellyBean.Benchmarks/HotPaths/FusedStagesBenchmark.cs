using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Stages;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Graph;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.HotPaths;

/// <summary>Stateless stages in one fused island, against Akka.Streams' own select.</summary>
[MemoryDiagnoser]
public class FusedStagesBenchmark
{
    private const int Elements = 100_000;
    private const int Stages = 8;
    private readonly Element _element = new(Lineage.Of(new SourceId("in/s"), 0), 0, "payload", 0, 1);
    private ActorSystem _system = null!;
    private ActorMaterializer _materializer = null!;

    [GlobalSetup]
    public void Start()
    {
        _system = ActorSystem.Create("bench");
        _materializer = _system.Materializer();
    }

    [GlobalCleanup]
    public Task StopAsync() => _system.Terminate();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements * Stages)]
    public Task Akka() => Run(flow => flow.Select(static item => item));

    [Benchmark(OperationsPerInvoke = Elements * Stages)]
    public Task JellyBean()
    {
        var failures = new FailureLedger(NullLogger.Instance);
        var index = 0;
        return Run(flow =>
        {
            var op = new SelectOperator<string, string>(new OperatorId($"op-{index++}"), new OperatorId("in"), static x => x);
            return flow.Via(new StatelessStage(op, new StageMeter(op.Id, failures)));
        });
    }

    private Task Run(Func<Source<Item, global::Akka.NotUsed>, Source<Item, global::Akka.NotUsed>> stage)
    {
        var source = Source.Repeat<Item>(_element).Take(Elements);
        for (var i = 0; i < Stages; i++)
        {
            source = stage(source);
        }

        return source.RunWith(Sink.Ignore<Item>(), _materializer);
    }
}
