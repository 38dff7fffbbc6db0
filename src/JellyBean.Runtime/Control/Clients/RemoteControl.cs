using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>Commands a cluster by messages to whichever node coordinates.</summary>
/// <param name="place">Where to ask from, and whom. Asked each time: a node's actor system may be another one by then.</param>
/// <param name="about">The workflow; null for the one that the coordinator has built.</param>
/// <param name="heard">Told, from any thread, whenever a coordinator has answered.</param>
internal sealed class RemoteControl(Func<(ActorSystem System, ImmutableArray<Address> Contacts)> place, About? about = null, Action? heard = null) : IWorkflowControl
{
    private const int MostId = 64;
    private static readonly TimeSpan MostPatience = TimeSpan.FromDays(1);

    // For what is asked when the time that was given is over: whether it is done already.
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromSeconds(1);

    // More than it takes until another one leads.
    private static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(30);

    public IWorkflowControl Of(string workflow)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(workflow);
        return new RemoteControl(place, new About(Cut(workflow), IsPreference: false), heard);
    }

    public async Task<ImmutableArray<WorkflowStatus>> WorkflowsAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        ((WorkflowsAre)await AskAsync(new AskWorkflows(ControlProtocol.Version), m => m is WorkflowsAre, deadline, cancellationToken).ConfigureAwait(false)).Workflows;

    public Task<ClusterStatus> StatusAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        ConverseAsync(new Question(new AskStatus(ControlProtocol.Version), _ => true, Checked(deadline)), isDraining: false, cancellationToken);

    public async Task<ClusterStatus> StartAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        var question = new Question(new Submit(ControlProtocol.Version, "", id), s => s.EndedRunId == id || (s.RunId == id && (s.Phase == "running" || s.Problem is not null)), Checked(deadline));
        ClusterStatus status;
        try
        {
            status = await ConverseAsync(question, isDraining: false, cancellationToken).WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RunException($"Its plan is not in force within {deadline}. It goes on; 'status' tells what became of it.");
        }

        return status.EndedRunId == id && status.EndedFailure is { } failure ? throw new RunException(failure, status.Epoch) : status;
    }

    public Task<ClusterStatus> StopAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        ConverseAsync(new Question(new AskStatus(ControlProtocol.Version), s => s.RunId.Length == 0, Checked(deadline)), isDraining: true, cancellationToken);

    public Task<CommandOutcome> ReplanAsync(CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Replan, "", "", options, cancellationToken);

    public Task<CommandOutcome> PinAsync(OperatorId operatorId, Tier tier, CommandOptions options, CancellationToken cancellationToken) =>
        CommandAsync(CommandKind.Pin, operatorId.Value, tier.Name, options, cancellationToken);

    public Task<CommandOutcome> UnpinAsync(OperatorId operatorId, CommandOptions options, CancellationToken cancellationToken) =>
        CommandAsync(CommandKind.Unpin, operatorId.Value, "", options, cancellationToken);

    public Task<CommandOutcome> SwapAsync(OperatorId operatorId, string variant, CommandOptions options, CancellationToken cancellationToken) =>
        CommandAsync(CommandKind.Swap, operatorId.Value, variant, options, cancellationToken);

    public Task<CommandOutcome> DrainAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken) => EverywhereAsync(CommandKind.Drain, node, options, cancellationToken);

    public Task<CommandOutcome> ReturnAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken) => EverywhereAsync(CommandKind.Return, node, options, cancellationToken);

    public Task<CommandOutcome> PauseAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Pause, source.Value, "", options, cancellationToken);

    public Task<CommandOutcome> ResumeAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Resume, source.Value, "", options, cancellationToken);

    public Task<CommandOutcome> AddAsync(SourceId source, IReadOnlyDictionary<string, string> settings, CommandOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Sum(s => s.Key.Length + s.Value.Length) is > SourceCheck.MostSettings and var length
            ? throw new ArgumentException($"The settings take {length} characters; allowed: {SourceCheck.MostSettings}.", nameof(settings))
            : CommandAsync(CommandKind.Add, source.Value, "", options, cancellationToken, settings.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    public Task<CommandOutcome> RemoveAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Remove, source.Value, "", options, cancellationToken);

    public Task<CommandOutcome> UpgradeAsync(string? from, CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Upgrade, from ?? "", "", options, cancellationToken);

    public async Task<ImmutableArray<Decision>> HistoryAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        ((HistoryIs)await AskAsync(new AskHistory(ControlProtocol.Version), m => m is HistoryIs, deadline, cancellationToken).ConfigureAwait(false)).Decisions;

    /// <summary>Asks every workflow that the cluster has, or the one that was named.</summary>
    private async Task<CommandOutcome> EverywhereAsync(CommandKind kind, WorkerId node, CommandOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (about is { IsPreference: false })
        {
            return await CommandAsync(kind, node.Value, "", options, cancellationToken).ConfigureAwait(false);
        }

        var began = Stopwatch.GetTimestamp();
        var workflows = await WorkflowsAsync(options.Deadline, cancellationToken).ConfigureAwait(false);
        var every = new EveryWorkflow(new Command(ControlProtocol.Version, "", kind, Cut(node.Value), "", options.IsDryRun), workflows, (fingerprint, how) =>
        {
            // All of them together have the time that was given.
            var left = options.Deadline - Stopwatch.GetElapsedTime(began);
            var one = new RemoteControl(place, new About(fingerprint, IsPreference: false), heard);
            return one.CommandAsync(kind, node.Value, "", how with { Deadline = left > LeastDeadline ? left : LeastDeadline }, cancellationToken);
        });
        return await (kind == CommandKind.Drain ? every.DrainAsync(options) : every.ReturnAsync(options)).ConfigureAwait(false);
    }

    private async Task<CommandOutcome> CommandAsync(
        CommandKind kind, string subject, string argument, CommandOptions options, CancellationToken cancellationToken, ImmutableSortedDictionary<string, string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Id is { Length: 0 or > MostId })
        {
            throw new ArgumentException($"The command's id has {options.Id.Length} characters; allowed: 1 to {MostId}.", nameof(options));
        }

        var command = new Command(ControlProtocol.Version, options.Id ?? Guid.NewGuid().ToString("N"), kind, Cut(subject), Cut(argument), options.IsDryRun);
        command = settings is null ? command : command with { Settings = settings };
        return ((CommandIs)await AskAsync(command, m => m is CommandIs answer && answer.Id == command.Id, options.Deadline, cancellationToken).ConfigureAwait(false)).Outcome;
    }

    private async Task<ClusterStatus> ConverseAsync(Question question, bool isDraining, CancellationToken cancellationToken)
    {
        question = question with { About = about, Heard = heard };
        var (system, contacts) = place();
        var time = TimeProvider.System;
        var conversation = system.ActorOf(Props.Create(() => new Conversation(contacts, question, time)));
        if (isDraining)
        {
            conversation.Tell(new EndRun(ControlProtocol.Version));
        }

        return await question.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IControlMessage> AskAsync(IControlMessage question, Func<IControlMessage, bool> isAnswer, TimeSpan deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        deadline = Checked(deadline);
        var answer = new TaskCompletionSource<IControlMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = question is AskWorkflows ? question : About.Of(about, question);
        var (system, contacts) = place();
        var inquiry = system.ActorOf(Props.Create(() => new Inquiry(contacts, asked, isAnswer, HeardWithin, deadline, answer, heard)));
        using var registration = cancellationToken.Register(() =>
        {
            answer.TrySetCanceled(cancellationToken);
            system.Stop(inquiry);
        });
        return await answer.Task.ConfigureAwait(false);
    }

    // A name that long is nobody's; it is refused by the cluster, which lists those that are.
    private static string Cut(string name) => name.Length <= Command.MostName ? name : $"{name[..Command.MostName]}…";

    private static TimeSpan Checked(TimeSpan deadline) => deadline > TimeSpan.Zero && deadline <= MostPatience
        ? deadline
        : throw new ArgumentOutOfRangeException(nameof(deadline), deadline, $"The deadline is {deadline}; allowed is more than none and at most {MostPatience}.");
}
