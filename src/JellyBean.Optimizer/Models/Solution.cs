using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Models;

/// <summary>What a solve chose, as numbers.</summary>
/// <param name="Layout">What could be chosen.</param>
/// <param name="Ways">The way of each operator.</param>
/// <param name="Shares">The part of each operator's elements on each worker.</param>
/// <param name="Sources">The worker of each source.</param>
/// <param name="Flows">The part of each flow (by its place among the rates' flows) between each two tiers, by the sender's variant where that makes a size.</param>
internal sealed record Solution(
    Layout Layout,
    IReadOnlyDictionary<OperatorId, Way> Ways,
    IReadOnlyDictionary<(OperatorId Operator, WorkerId Worker), double> Shares,
    IReadOnlyDictionary<SourceId, WorkerId> Sources,
    IReadOnlyDictionary<(int Flow, string? Size, Tier From, Tier To), double> Flows)
{
    /// <summary>Machines that are paid, whether or not anything is on them; empty where no spare is asked for.</summary>
    public IReadOnlyList<WorkerId> Paid { get; init; } = [];
}
