using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Sources that people have added, removed or held up: what nodes are told of them, and what is told of those that have gone.</summary>
internal sealed partial class RunMachine
{
    private const int MostToldOf = 256;

    /// <summary>A report shows which sources are held up, and what those have done that were removed.</summary>
    private RunStep Attend(RunStep step, RunEvent.NodeReported e, TimeSpan now)
    {
        if (step.State is not { Phase: RunPhase.Running or RunPhase.Moving, Run: { } run } || run.Epoch != e.Fragment.Epoch)
        {
            return step;
        }

        var effects = step.Effects;
        run = Park(step.State, run, e.Fragment);
        if (!Agrees(e.Fragment, HeldUp(step.State)))
        {
            effects = effects.Add(new RunEffect.Send(e.Worker, HoldOf(step.State, e.Fragment.Sources.Select(s => s.Source))));
        }

        // One that comes back is told of anew once it goes again; whoever read it before may go on telling of it meanwhile.
        var read = run.Plan!.Sources.Select(s => s.Source).ToHashSet();
        run = run with { ToldOf = run.ToldOf.RemoveAll(read.Contains) };
        foreach (var gone in e.Fragment.Sources.Where(s => s.IsRemoved && !read.Contains(s.Source) && !run.ToldOf.Contains(s.Source)))
        {
            run = Noted(run with { ToldOf = [.. run.ToldOf.TakeLast(MostToldOf - 1), gone.Source] }, string.Create(
                CultureInfo.InvariantCulture, $"Source '{gone.Source}' is removed: it had given {gone.Offered} elements, {gone.Dropped} of them dropped; the others are processed."), now);
            effects = effects.Add(new RunEffect.Tell(run.History[^1], IsTrouble: false));
        }

        return new(step.State with { Run = run }, effects);
    }

    /// <summary>Sources are held up, or let go on, without another plan.</summary>
    private static RunStep Hold(RunState state, Command command, Orders after)
    {
        var verb = command.Kind == CommandKind.Pause ? "is held up" : "goes on";
        var runs = state is { Phase: RunPhase.Running, Run: not null };
        return command.IsDryRun
            ? Answer(state, command, CommandCheck.Outcome(command, CommandStatus.Planned, runs ? "The plan in force would stay." : "Nothing runs; it would count from the next plan on."))
            : Write(state, command, after, $"Source '{command.Subject}' {verb}; {(runs ? "the plan in force stays" : "nothing runs, so it counts from the next plan on")}.");
    }

    /// <summary>Whether every node holds up what it is to, as far as that was asked for.</summary>
    private static bool IsHeld(RunState state, AnsweredCommand answered) =>
        !(answered.Outcome.Command.StartsWith("pause ", StringComparison.Ordinal) || answered.Outcome.Command.StartsWith("resume ", StringComparison.Ordinal))
        || state is not { Phase: RunPhase.Running, Run: { } run }
        || run.Parts.Values.All(p => p.Report is { } report && Agrees(report, HeldUp(state)));

    private static bool Agrees(FragmentReport report, ImmutableSortedSet<SourceId> paused) => report.Sources.All(s => s.Ended || s.IsPaused == paused.Contains(s.Source));

    /// <summary>What a plan's nodes must know of its sources beside the configuration.</summary>
    private static Deploy WithSources(Deploy deploy, RunState state, Plan plan)
    {
        var (orders, held) = (state.ByHand.Orders.Sources, HeldUp(state));
        return deploy with
        {
            Added = [.. plan.Sources.Select(s => orders.Added.GetValueOrDefault(s.Source)).OfType<SourceAddition>()],
            Paused = [.. plan.Sources.Select(s => s.Source).Where(held.Contains)],
            Starts = StartsOf(state, plan.Sources.Select(s => s.Source).Where(s => !held.Contains(s))),
        };
    }
}
