using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>An input and a plan for it.</summary>
internal sealed record OracleCase(ImmutableArray<ImmutableArray<Oracle.Reading>> Sources, int Workers, int Parallelism, int Batch, int Seed)
{
    /// <summary>Whether keys, and merges, may be spread over workers, too.</summary>
    public bool SpreadsKeys { get; init; }

    /// <summary>A placement drawn from the seed and the epoch: stateless operators may be spread, keyed ones are whole unless asked, what waits for event time is whole.</summary>
    /// <param name="epoch">The plan's.</param>
    /// <param name="reads">Whether it reads a source; all unless given.</param>
    public Plan Plan(long epoch = 1, Func<int, bool>? reads = null)
    {
        var random = new Random(Seed + (int)epoch);
        WorkerId Worker(int i) => new($"w{i}");
        var sources = Sources.Select((_, s) => (SourceId.Of("readings", $"s{s}"), Worker(random.Next(Workers)))).Where((_, s) => reads?.Invoke(s) ?? true).ToList();
        return Plans.Of(
            Oracle.All,
            sources,
            op =>
            {
                var maySpread = op.Kind is OperatorKind.Infer or OperatorKind.Select or OperatorKind.Where or OperatorKind.SelectMany || (SpreadsKeys && op.Kind is OperatorKind.Process or OperatorKind.Merge);
                var isSpread = maySpread && random.Next(2) == 0;
                var workers = isSpread ? Enumerable.Range(0, Workers).Select(Worker).ToList() : [Worker(random.Next(Workers))];
                var parallelism = op.Kind is OperatorKind.Output or OperatorKind.Merge ? 1 : 1 + random.Next(Parallelism);
                var parts = workers.Select(_ => SpreadsKeys ? 1 + random.Next(4) : 1).ToList();
                return [.. workers.Select((w, i) => new Instance { Worker = w, Parallelism = parallelism, Share = parts[i] / (double)parts.Sum() })];
            },
            variant: infer => infer.Variants[random.Next(infer.Variants.Length)].Name,
            batch: Batch,
            epoch: epoch);
    }

    public override string ToString() =>
        $"workers {Workers}, parallelism {Parallelism}, batch {Batch}, seed {Seed}, sources [{string.Join(" | ", Sources.Select(s => string.Join(' ', s.Select(r => $"{r.Value}@{r.At}{(r.IsBad ? "!" : "")}"))))}]";
}
