using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>A command about a node, which concerns every workflow that the cluster has.</summary>
/// <param name="command">What is asked of each.</param>
/// <param name="workflows">They all, the cluster's first one first.</param>
/// <param name="ask">Asks the one with that fingerprint.</param>
/// <remarks>
/// A node that is emptied of half of what it runs cannot be ended, so it is drained of all workflows or of none: each says first what it would do, and the first moves only where each can.
/// Where one cannot after all, because something has changed meanwhile, those before it stay drained and the answer says so: the same command again goes on from there.
/// </remarks>
internal sealed class EveryWorkflow(Command command, ImmutableArray<WorkflowStatus> workflows, Func<string, CommandOptions, Task<CommandOutcome>> ask)
{
    public async Task<CommandOutcome> DrainAsync(CommandOptions options)
    {
        if (workflows is [var only])
        {
            return await ask(only.Fingerprint, options).ConfigureAwait(false);
        }

        var would = await AskAsync(workflows, options with { IsDryRun = true, Id = null }).ConfigureAwait(false);
        ImmutableArray<Answer> have = [.. would.Where(a => a.Outcome.Status != CommandStatus.Refused)];
        if (have.IsEmpty)
        {
            return Refused(would);
        }

        if (have.FirstOrDefault(a => !a.Can) is { } cannot)
        {
            // What the others would do is none of what was done.
            ImmutableArray<Answer> told = [.. have.Select(a => a.Can ? a with { Outcome = CommandCheck.Outcome(command, a.Outcome.Status, "it could be drained.") } : a)];
            return have is [_] ? cannot.Outcome : Together(told, cannot.Outcome.Status, "Nothing has changed: a node is drained of all workflows or of none.");
        }

        if (options.IsDryRun)
        {
            return Together(have, Status(have), "");
        }

        var done = await AskAsync([.. have.Select(a => a.Workflow)], options, endsWhere: a => !a.Can).ConfigureAwait(false);
        return done[^1].Can
            ? Together(done, Status(done), "")
            : Together(done, done[^1].Outcome.Status, $"Node '{command.Subject}' is not drained of all workflows: something has changed meanwhile. 'drain {command.Subject}' tries again, 'return {command.Subject}' lets all of them use it again.");
    }

    /// <summary>Where it is not drained, there is nothing to take back.</summary>
    public async Task<CommandOutcome> ReturnAsync(CommandOptions options)
    {
        var answers = await AskAsync(workflows, options).ConfigureAwait(false);
        ImmutableArray<Answer> have = [.. answers.Where(a => a.Outcome.Status != CommandStatus.Refused)];
        ImmutableArray<Answer> told = have.Any(a => a.Outcome.Status != CommandStatus.Unchanged) ? [.. have.Where(a => a.Outcome.Status != CommandStatus.Unchanged)] : [.. have.Take(1)];
        return have.IsEmpty ? Refused(answers) : Together(told, have.FirstOrDefault(a => !a.Can)?.Outcome.Status ?? Status(have), "");
    }

    private async Task<ImmutableArray<Answer>> AskAsync(ImmutableArray<WorkflowStatus> those, CommandOptions options, Func<Answer, bool>? endsWhere = null)
    {
        var answers = ImmutableArray.CreateBuilder<Answer>();
        foreach (var workflow in those)
        {
            answers.Add(new Answer(workflow, await ask(workflow.Fingerprint, options).ConfigureAwait(false)));
            if (endsWhere?.Invoke(answers[^1]) == true)
            {
                break;
            }
        }

        return answers.ToImmutable();
    }

    private static CommandStatus Status(ImmutableArray<Answer> answers) =>
        answers.Select(a => a.Outcome.Status).Where(s => s != CommandStatus.Unchanged).DefaultIfEmpty(CommandStatus.Unchanged).First();

    // Nobody knows it: what would be allowed anywhere is.
    private CommandOutcome Refused(ImmutableArray<Answer> answers) =>
        CommandCheck.Refuse(command, answers[0].Outcome.Message.Split(" Allowed: ")[0], answers.SelectMany(a => a.Outcome.Allowed).Distinct()).Outcome!;

    private CommandOutcome Together(ImmutableArray<Answer> answers, CommandStatus status, string first)
    {
        if (answers is [var only] && first.Length == 0)
        {
            return only.Outcome with { Status = status };
        }

        var outcomes = answers.Select(a => a.Outcome).ToList();
        return CommandCheck.Outcome(command, status, string.Join(" ", answers.Select(a => $"{Label(a.Workflow)}: {a.Outcome.Message}").Prepend(first).Where(t => t.Length > 0))) with
        {
            Changes = [.. answers.SelectMany(a => a.Outcome.Changes.Select(c => $"{Label(a.Workflow)}: {c}"))],
            Shortfalls = [.. answers.SelectMany(a => a.Outcome.Shortfalls.Select(s => $"{Label(a.Workflow)}: {s}"))],
            Outputs = [.. answers.SelectMany(a => a.Outcome.Outputs)],
            CostBefore = Sum(outcomes, o => o.CostBefore),
            CostAfter = Sum(outcomes, o => o.CostAfter),
            Currency = outcomes[0].Currency,
        };
    }

    private static double? Sum(List<CommandOutcome> outcomes, Func<CommandOutcome, double?> cost) =>
        outcomes.All(o => cost(o) is not null && o.Currency == outcomes[0].Currency) ? outcomes.Sum(cost) : null;

    private string Label(WorkflowStatus workflow) => workflow.Among(workflows);

    private sealed record Answer(WorkflowStatus Workflow, CommandOutcome Outcome)
    {
        public bool Can => Outcome.Status is CommandStatus.Done or CommandStatus.Unchanged or CommandStatus.Planned;
    }
}
