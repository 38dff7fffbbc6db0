using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Has plans made, one after the other, on threads of their own; whatever happens, there is an answer.</summary>
/// <param name="environment">Its planner, and when the node ends.</param>
internal sealed class PlanQueue(NodeEnvironment environment)
{
    private Task _last = Task.CompletedTask;

    /// <returns>The plan, or why there is none. Never fails.</returns>
    public Task<PlanMade> MakeAsync(RunEffect.MakePlan ask)
    {
        var planning = PlanAsync(_last, ask);
        _last = planning;
        return AnswerAsync(planning, ask.Asked);
    }

    private async Task<ClusterPlan> PlanAsync(Task before, RunEffect.MakePlan ask)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        return environment.Planner is { } planner
            ? await planner.PlanAsync(ask.Request, environment.Stopping).ConfigureAwait(false)
            : new ClusterPlan { Reasons = ["The node that coordinates makes no plans."] };
    }

    private static async Task<PlanMade> AnswerAsync(Task<ClusterPlan> planning, long asked)
    {
        try
        {
            return new PlanMade(asked, await planning.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return new PlanMade(asked, new ClusterPlan { Reasons = ["The node that coordinates ends, and its planning with it."] });
        }
        catch (Exception cause)
        {
            return new PlanMade(asked, new ClusterPlan { Reasons = [ControlProtocol.Reason(cause)] });
        }
    }
}
