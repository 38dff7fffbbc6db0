using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Plans a workflow for what the others leave of the machines. Where one of them was faster with its own plan, it plans again.</summary>
internal sealed class SharedPlanner(string workflow, IClusterPlanner planner, MachineBook book) : IClusterPlanner
{
    private const int MostAttempts = 3;

    public ImmutableArray<Tier> Tiers => planner.Tiers;

    public async Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await planner.PlanAsync(request with { Taken = book.TakenBut(workflow), PaidByOthers = book.PaidByOthers(workflow) }, cancellationToken).ConfigureAwait(false);
            if (answer.Plan is not { } plan || request.IsDryRun)
            {
                return answer;
            }

            var missing = book.Reserve(workflow, plan, request.Members);
            if (missing.IsEmpty)
            {
                return answer;
            }

            if (attempt == MostAttempts)
            {
                return new ClusterPlan { Reasons = [$"Other workflows have taken what this one would have had of {string.Join(", ", missing)}, {MostAttempts} times while it was planned. It is planned again."] };
            }
        }
    }
}
