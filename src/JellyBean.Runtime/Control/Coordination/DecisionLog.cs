using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What a coordinator has decided and why, as a value. It only watches: whatever changes the state of a run is told here, however it was decided.</summary>
/// <remarks>
/// Commands that are answered at once, refused ones above all, and dry runs decide nothing: whoever gave them is told, and that is all. Questions that leave everything as it is come again and again: few of
/// those are kept, so that they do not push out what was done.
/// </remarks>
internal sealed partial record DecisionLog
{
    private const string GoesOn = "…";
    private const int MostKept = 100;
    private const int MostLeftAsIs = 10;
    private const int MostMeasurements = 40;

    public static DecisionLog Empty { get; } = new();

    /// <summary>The latest last.</summary>
    public ImmutableArray<Decision> All { get; init; } = [];

    /// <summary>Whether none goes on.</summary>
    public bool IsSettled => Open is null;

    private OpenDecision? Open { get; init; }

    private long Count { get; init; }

    /// <summary>Goes on with what a coordinator before this one has decided.</summary>
    public static DecisionLog Of(ImmutableArray<Decision> decisions) => new()
    {
        All = [.. decisions.Select(d => d.Result == GoesOn ? d with { Result = "The node that coordinated has ended meanwhile." } : d)],
        Count = decisions.IsEmpty ? 0 : decisions[^1].Number,
    };

    /// <summary>The log after a step of the coordinator.</summary>
    /// <param name="before">The state before it.</param>
    /// <param name="after">The state after it.</param>
    /// <param name="now">When, by the clock that never runs backwards.</param>
    /// <param name="at">When, by the clock of the day.</param>
    public DecisionLog Next(RunState before, RunState after, TimeSpan now, DateTimeOffset at)
    {
        if (ReferenceEquals(before, after))
        {
            return this;
        }

        if (Open is null && Failure(before, after) is { } failure)
        {
            return Begun("The run has failed.", before, after, now, at).Closed(after, now, failure);
        }

        var log = Trigger(before, after) is { } trigger ? Closed(after, now, "Something else came between.").Begun(trigger, before, after, now, at) : this;
        log = log.Stepped(after, now).Held(after);
        return Result(before, after) is { } result ? log.Closed(after, now, result) : log;
    }

    /// <summary>Why a run has failed in this step; null if none has.</summary>
    private static string? Failure(RunState before, RunState after) => (before, after) switch
    {
        ({ Run.Failure: null }, { Run.Failure: { } failure }) => failure.Message,
        ({ Run: { Failure: null } run }, { Run: null, Ended: { Failure: { } failure } ended }) when ended.Id == run.Id => failure,
        _ => null,
    };

    private string? Trigger(RunState before, RunState after) => (before, after) switch
    {
        (_, { Run.Wish: { Replan: not null } wish }) when before.Run?.Wish?.Replan is null => wish.Reason,
        (_, { ByHand.Active: { Command.IsDryRun: false } active }) when before.ByHand.Active?.Command.Id != active.Command.Id => active.Command.ToString(),
        ({ Phase: not RunPhase.Planning }, { Phase: RunPhase.Planning, Run: { } run }) => run.History is [.., var line] ? HistoryLine.What(line) : "The workflow is to run.",
        ({ Run: { Transition: null, Wish: null or { Replan: null } }, ByHand.Active: null }, { Run.Transition: { } transition }) => transition.Reason,
        ({ Run: null }, { Phase: RunPhase.Gathering, Run: { } run }) => run.History is [.., var line] ? HistoryLine.What(line) : "A plan was handed in.",
        ({ Phase: RunPhase.Planning }, { Phase: RunPhase.Gathering or RunPhase.Recording or RunPhase.Deploying, Run: not null }) when Open is null => "Planned again.",
        _ => null,
    };

    /// <summary>How the decision that is open has ended; null while it goes on.</summary>
    private string? Result(RunState before, RunState after) => (before, after) switch
    {
        _ when Open is null => null,
        ({ Run.Wish.Replan: not null }, { Phase: RunPhase.Running, Run: { Wish: null, Transition: null } run }) => run.Considered?.Reason ?? "Something else came between.",
        (_, { Run: null } or { Phase: RunPhase.Draining or RunPhase.Securing or RunPhase.Stopping }) when before.Run is not null && before.Phase != after.Phase =>
            after.Run?.Failure?.Message ?? after.Ended?.Failure ?? "The run has ended.",
        ({ Phase: not RunPhase.Running }, { Phase: RunPhase.Running, Run: { } run }) => $"{(Open.IsReplan && run.Considered is { } why ? $"{why.Reason} " : "")}Epoch {run.Epoch} is in force.",
        (_, { Phase: RunPhase.Planning, Run.Problem: { } problem }) when before.Run?.Problem != problem => problem,
        ({ Run.Transition: { Step: TransitionStep.Preparing } given }, { Run: { Transition: null, History: [.., var line] } run }) when run.Epoch < given.Epoch => HistoryLine.What(line),
        ({ ByHand.Active: { Command.IsDryRun: false } active }, { ByHand.Active: null, Run: null or { Transition: null } }) when after.Run?.Epoch == before.Run?.Epoch =>
            after.ByHand.Orders.AnswerTo(active.Command.Id)?.Outcome.Message ?? "Planned again later: something else came between.",
        _ => null,
    };

    private DecisionLog Begun(string trigger, RunState before, RunState after, TimeSpan now, DateTimeOffset at)
    {
        var question = after.Run?.Wish?.Replan;
        var measured = question is null ? Measured(before) : [.. Measured(question).Concat(Measured(before)).Take(MostMeasurements)];
        return Kept(New(trigger, before, at) with { Measurements = measured }) with { Open = new OpenDecision("", now) { IsReplan = question is not null } };
    }

    private Decision New(string trigger, RunState before, DateTimeOffset at) => new()
    {
        Number = Count + 1,
        At = at,
        Trigger = ControlProtocol.Line(trigger),
        Result = GoesOn,
        EpochBefore = before.Run?.Epoch ?? 0,
        CostBefore = before.Run?.Plan?.Cost.TotalPerHour,
        Currency = before.Run?.Plan?.Cost.Currency ?? "USD",
    };

    private DecisionLog Kept(Decision decision) => this with { Count = Count + 1, All = [.. WithRoom(All), decision] };

    private static IEnumerable<Decision> WithRoom(ImmutableArray<Decision> all)
    {
        var left = all.Count(HasLeftAsIs);
        return all.Where(d => !HasLeftAsIs(d) || left-- <= MostLeftAsIs).TakeLast(MostKept - 1);
    }

    /// <summary>Plans were weighed, and the one in force stays.</summary>
    private static bool HasLeftAsIs(Decision decision) => decision.EpochBefore == decision.EpochAfter && !decision.Candidates.IsEmpty;

    /// <summary>Whatever else is open stays the last.</summary>
    private DecisionLog Beside(Decision decision) => Open is null ? Kept(decision) : this with { Count = Count + 1, All = All.Insert(All.Length - 1, decision) };

    private DecisionLog Stepped(RunState after, TimeSpan now)
    {
        var name = after.Run?.Wish?.Replan is not null && after.Phase == RunPhase.Running && after.Run.Transition is null ? "planning"
            : after.ByHand.Active is { } active ? active.IsInPlace ? "changing in place" : active.Asked is null ? "recording" : "planning"
            : after.Run?.Transition is { } transition ? transition.Step == TransitionStep.TakingOver ? "taking over" : transition.Step.ToString().ToLowerInvariant()
            : after.Phase.ToString().ToLowerInvariant();
        if (Open is not { } open || open.Step == name)
        {
            return this;
        }

        var log = this with { Open = open with { Step = name, Since = now } };
        return open.Step.Length == 0 ? log : log.Last(d => d with { Steps = d.Steps.Add(new DecisionStep(open.Step, now - open.Since)) });
    }

    private DecisionLog Closed(RunState after, TimeSpan now, string result)
    {
        if (Open is not { } open)
        {
            return this;
        }

        var plan = after.Run?.Plan;
        var considered = open.IsReplan ? after.Run?.Considered : null;
        var log = this with { Open = null };
        return log.Last(d =>
        {
            var isOther = plan is not null && after.Run!.Epoch != d.EpochBefore;
            return d with
            {
                Result = ControlProtocol.Line(result),
                EpochAfter = after.Run?.Epoch ?? 0,
                CostBefore = considered?.CostPerHour ?? d.CostBefore,
                CostAfter = considered is null ? plan?.Cost.TotalPerHour : isOther ? considered.OtherCostPerHour : considered.CostPerHour,
                ElementsHeld = open.Held,
                Currency = plan?.Cost.Currency ?? d.Currency,
                Candidates = considered is null ? Weighed(after, d, isOther) : Weighed(considered, d, isOther),
                Steps = after.Phase == RunPhase.Running && open.Step is "running" or "" ? d.Steps : d.Steps.Add(new DecisionStep(open.Step, now - open.Since)),
            };
        });
    }

    private static ImmutableArray<Candidate> Weighed(RunState after, Decision decision, bool isOther)
    {
        if (isOther)
        {
            Candidate chosen = new($"epoch {after.Run!.Epoch}", after.Run.Plan!.Cost.TotalPerHour, "chosen");
            return decision.EpochBefore > 0 ? [new($"epoch {decision.EpochBefore}", decision.CostBefore, "replaced"), chosen] : [chosen];
        }

        var outcome = after.ByHand.Orders.Answered is [.., var answer] && answer.Outcome.Command == decision.Trigger ? answer.Outcome : null;
        return outcome?.CostAfter is { } cost
            ? [new($"epoch {decision.EpochBefore}", decision.CostBefore, "stays"), new("the cheapest other", cost, outcome.Status == CommandStatus.Planned ? "only planned" : "changes nothing")]
            : [];
    }

    private static ImmutableArray<Candidate> Weighed(ReplanDecision considered, Decision decision, bool isOther)
    {
        var holds = considered.Holds ? "" : "does not hold; ";
        Candidate current = new($"epoch {decision.EpochBefore}", considered.CostPerHour, $"{holds}{(isOther ? "replaced" : "stays")}");
        return considered.OtherCostPerHour is { } other
            ? [current, new("the cheapest other", other, isOther ? "chosen" : string.Create(CultureInfo.InvariantCulture, $"not chosen; moving counts {considered.MovesPerHour:0.####} per hour"))]
            : [current];
    }

    private DecisionLog Last(Func<Decision, Decision> change) => this with { All = All.SetItem(All.Length - 1, change(All[^1])) };

    private static ImmutableArray<Measurement> Measured(RunState state)
    {
        var reports = state.Run?.Parts.Values.Select(p => p.Report).OfType<FragmentReport>().ToList() ?? [];
        return
        [
            .. SourceProgress.Of([.. reports]).SelectMany(s => new[] { new Measurement($"{s.Source} in", s.Offered, "elements"), new Measurement($"{s.Source} dropped", s.Dropped, "elements") })
                .Concat(reports.SelectMany(r => r.Outputs).Select(o => new Measurement($"{o.Output} p99", o.LatencyMs.P99, "ms")))
                .Concat(reports.SelectMany(r => r.Stages.Select(s => new Measurement($"{s.Operator} on {r.Worker} busy", s.BusySeconds, "s"))))
                .Take(MostMeasurements),
        ];
    }

    private sealed record OpenDecision(string Step, TimeSpan Since)
    {
        /// <summary>Whether it is asked if another plan is worth moving to.</summary>
        public bool IsReplan { get; init; }

        /// <summary>Most elements that were held while stages moved; null while nothing moves.</summary>
        public long? Held { get; init; }
    }
}
