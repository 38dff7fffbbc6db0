using BenchmarkDotNet.Attributes;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Inference;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;

namespace JellyBean.Benchmarks.HotPaths;

/// <summary>An element's way through the ring of a batching stage, against a bounded channel that only hands over.</summary>
[MemoryDiagnoser]
public class InferenceRingBenchmark
{
    private const int Elements = 1024;
    private const int Batch = 8;
    private readonly Element _element = new(Lineage.Of(new SourceId("in/s"), 0), 0, "payload", 0, 1);
    private readonly InferenceRing _ring = new(16);
    private readonly System.Threading.Channels.Channel<Element> _channel = System.Threading.Channels.Channel.CreateBounded<Element>(16);
    private long _next;

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements)]
    public void Channel()
    {
        for (var i = 0; i < Elements; i += Batch)
        {
            for (var k = 0; k < Batch; k++)
            {
                _channel.Writer.TryWrite(_element);
            }

            while (_channel.Reader.TryRead(out _))
            {
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Elements)]
    public void Ring()
    {
        for (var i = 0; i < Elements; i += Batch)
        {
            for (var k = 0; k < Batch; k++)
            {
                _ring.Add(_element);
            }

            var count = _ring.Claim(Batch, out var from);
            for (var k = 0; k < count; k++)
            {
                _ring.Answer(from + k, _ring[from + k].Element.Value);
            }

            while (_ring.TryTake(_next, out _))
            {
                _next++;
            }
        }
    }
}
