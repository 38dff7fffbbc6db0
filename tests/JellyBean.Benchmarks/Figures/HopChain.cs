using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>A chain of operators that do nothing, on one worker or in turn on two: the difference is what hops cost.</summary>
internal static class HopChain
{
    private static readonly Input<string> Input = new("in");
    private static readonly Output<string> Output = new("out");
    private static readonly WorkerId Left = new("left");
    private static readonly WorkerId Right = new("right");

    /// <summary>Runs elements through a chain.</summary>
    /// <param name="operators">How many operators, each a select.</param>
    /// <param name="hops">How many of the connections go from one worker to the other and back.</param>
    /// <param name="elements">How many elements.</param>
    /// <param name="pace">Between elements; null for as fast as they are taken.</param>
    public static async Task<ChainCost> RunAsync(int operators, int hops, int elements, TimeSpan? pace = null)
    {
        var workflow = Workflow.Define("chain", w =>
        {
            var flow = w.From(Input);
            for (var i = 0; i < operators; i++)
            {
                flow = flow.Select(static x => x, $"op-{i}");
            }

            flow.To(Output);
        });
        var sink = new CountingSink<string>();
        var bindings = new WorkflowBindings(workflow).With(Input, "s", () => new RepeatingSource<string>("s", "payload", elements, pace)).With(Output, () => sink);
        var plan = Plans.Of(workflow, [(SourceId.Of("in", "s"), Left)], op => [new Instance { Worker = WorkerOf(op, operators, hops) }]);

        var (cpu, allocated) = (TimeSpan.Zero, 0L);
        var reports = await Engine.RunAsync(bindings, plan, async fragments =>
        {
            (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
            await Task.WhenAll(fragments.Select(f => f.Completion));
            (cpu, allocated) = (Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes(precise: true) - allocated);
        });
        if (sink.Count != elements)
        {
            throw new InvalidOperationException($"{sink.Count} of {elements} results came.");
        }

        var latency = reports.SelectMany(r => r.Outputs).Single().LatencyMs;
        return new ChainCost(latency.P50 * 1000, cpu.TotalMicroseconds / elements, allocated / (double)elements);
    }

    /// <summary>The first operators alternate, the rest, and the output, stay on the worker that was reached.</summary>
    private static WorkerId WorkerOf(Operator op, int operators, int hops)
    {
        var index = op is OutputOperator ? operators - 1 : int.Parse(op.Id.Value["op-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        return Math.Min(index + 1, hops) % 2 == 0 ? Left : Right;
    }
}

/// <summary>What an element cost in a chain.</summary>
/// <param name="LatencyUs">Median from admission to sink, microseconds.</param>
/// <param name="CpuUs">Of the process, microseconds per element.</param>
/// <param name="AllocatedBytes">By the process, bytes per element.</param>
internal sealed record ChainCost(double LatencyUs, double CpuUs, double AllocatedBytes);
