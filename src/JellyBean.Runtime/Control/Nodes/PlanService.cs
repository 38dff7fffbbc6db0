using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Makes the plans of a node's workflow for a coordinator that has not built it: each once, however often it is asked for.</summary>
internal sealed class PlanService(IClusterPlanner planner, CommandNames names, CancellationToken ends)
{
    private readonly Lock _gate = new();
    private (string Id, Task<PlanAnswer> Answer)? _last;

    /// <summary>What commands may name.</summary>
    public CommandNames Names => names;

    /// <summary>The answer; never fails but by the node's end.</summary>
    public Task<PlanAnswer> AnswerAsync(AskPlan ask)
    {
        lock (_gate)
        {
            if (_last is not { } last || last.Id != ask.Id)
            {
                // Solving takes long: not on an actor's thread.
                _last = last = (ask.Id, Task.Run(() => PlanAsync(ask), ends));
            }

            return last.Answer;
        }
    }

    private async Task<PlanAnswer> PlanAsync(AskPlan ask)
    {
        try
        {
            return new PlanAnswer(ask.Id, await planner.PlanAsync(ask.Request, ends).ConfigureAwait(false));
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            return new PlanAnswer(ask.Id, new ClusterPlan { Reasons = [ControlProtocol.Reason(cause)] });
        }
    }
}
