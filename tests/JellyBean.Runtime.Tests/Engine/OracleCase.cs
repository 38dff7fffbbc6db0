using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>An input and a plan for it.</summary>
internal sealed record OracleCase(ImmutableArray<ImmutableArray<Oracle.Reading>> Sources, int Workers, int Parallelism, int Batch, int Seed)
{
    /// <summary>A placement drawn from the seed and the epoch: stateless operators may be spread, keyed ones are whole.</summary>
    public Plan Plan(long epoch = 1)
    {
        var random = new Random(Seed + (int)epoch);
        WorkerId Worker(int i) => new($"w{i}");
        var sources = Sources.Select((_, s) => (SourceId.Of("readings", $"s{s}"), Worker(random.Next(Workers)))).ToList();
        return Plans.Of(
            Oracle.All,
            sources,
            op =>
            {
                var isSpread = op.Kind is OperatorKind.Infer or OperatorKind.Select or OperatorKind.Where or OperatorKind.SelectMany && random.Next(2) == 0;
                var workers = isSpread ? Enumerable.Range(0, Workers).Select(Worker).ToList() : [Worker(random.Next(Workers))];
                var parallelism = op.Kind is OperatorKind.Output or OperatorKind.Merge ? 1 : 1 + random.Next(Parallelism);
                return [.. workers.Select(w => new Instance { Worker = w, Parallelism = parallelism, Share = 1.0 / workers.Count })];
            },
            variant: infer => infer.Variants[random.Next(infer.Variants.Length)].Name,
            batch: Batch,
            epoch: epoch);
    }

    public override string ToString() =>
        $"workers {Workers}, parallelism {Parallelism}, batch {Batch}, seed {Seed}, sources [{string.Join(" | ", Sources.Select(s => string.Join(' ', s.Select(r => $"{r.Value}@{r.At}{(r.IsBad ? "!" : "")}"))))}]";
}
