using JellyBean.Planning.Replanning;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>How other plans are looked for while the one in force goes on: because nodes come or leave, or because it is time to ask whether another is worth it.</summary>
internal sealed partial class RunMachine
{
    // A plan that costs as good as the same is not worth a move.
    private const double LeastGain = 0.05;

    /// <summary>Whether it may be asked now: nothing else is on its way.</summary>
    public static bool MayReplan(RunState state) =>
        state is { Phase: RunPhase.Running, ByHand: { Active: null, Waiting.IsEmpty: true }, Run: { IsPlannedHere: true, IsDraining: false, Transition: null, Wish: null, Next: null, ClosingSince: null } };

    private static RunStep OnReplanDue(RunState state, RunEvent.ReplanDue e) =>
        MayReplan(state) ? Seek(state, state.Run!, new Wish(e.Trigger, IsUrgent: false) { Replan = e.Question }) : Nothing(state);

    /// <summary>Asks for a plan while the one in force goes on.</summary>
    private static RunStep Seek(RunState state, Run run, Wish wish)
    {
        var orders = state.ByHand.Orders;
        state = state with { Asked = state.Asked + 1, Run = run with { Wish = wish with { Asked = state.Asked + 1, Epoch = run.Epoch, Orders = orders } } };
        return new(state, [new RunEffect.MakePlan(state.Asked, RequestOf(state, run, orders) with { Replan = wish.Replan })]);
    }

    private RunStep OnSought(RunState state, Run run, Wish wish, ClusterPlan answer, TimeSpan now)
    {
        if (state.Phase == RunPhase.Running && wish.IsAbout(run, state.ByHand.Orders))
        {
            return wish.Replan is null ? OnFound(state, run with { Wish = null }, wish, answer, now) : OnWeighed(state, run with { Wish = null }, wish, answer, now);
        }

        // What was measured is old by then; what was asked for because of nodes is asked again once all stands still.
        return Nothing(state with { Run = run with { Wish = wish.Replan is null ? wish with { Asked = 0 } : null } });
    }

    private RunStep OnFound(RunState state, Run run, Wish wish, ClusterPlan answer, TimeSpan now)
    {
        if (Unnumbered(answer.Plan) is not { } plan)
        {
            return wish.IsUrgent ? GoOnWith(state, run, wish, answer.Reasons, now) : Settle(state, run, now);
        }

        run = run with { Unplanned = null };
        if (Gone(state, plan).Count > 0)
        {
            return Settle(state, run, now);
        }

        var isBetter = answer.Shortfalls.Length < run.Shortfalls.Length
            || (answer.Shortfalls.Length == run.Shortfalls.Length && plan.Cost.TotalPerHour < run.Plan!.Cost.TotalPerHour * (1 - LeastGain));
        return Settle(state, wish.IsUrgent || isBetter ? run with { Next = new WantedPlan(plan, wish.Reason, answer.Shortfalls, wish.IsUrgent) } : run, now);
    }

    /// <summary>It was decided whether another plan is worth moving to.</summary>
    private RunStep OnWeighed(RunState state, Run run, Wish wish, ClusterPlan answer, TimeSpan now)
    {
        run = run with { Considered = answer.Decision ?? new ReplanDecision { Reason = $"It could not be planned. {string.Join(' ', answer.Reasons)}", Holds = true, CostPerHour = run.Plan!.Cost.TotalPerHour } };
        return Unnumbered(answer.Decision?.Proposed) is { } plan && Gone(state, plan).Count == 0
            ? Settle(state, run with { Next = new WantedPlan(plan, $"{wish.Reason} {answer.Decision!.Reason}", answer.Shortfalls, IsUrgent: false) }, now)
            : Settle(state, run, now);
    }
}
