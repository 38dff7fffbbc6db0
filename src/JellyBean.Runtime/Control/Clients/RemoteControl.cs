using System.Collections.Immutable;
using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>Commands a cluster by messages to whichever node coordinates.</summary>
/// <param name="place">Where to ask from, and whom. Asked each time: a node's actor system may be another one by then.</param>
internal sealed class RemoteControl(Func<(ActorSystem System, ImmutableArray<Address> Contacts)> place) : IWorkflowControl
{
    private const int MostId = 64;
    private static readonly TimeSpan MostPatience = TimeSpan.FromDays(1);

    public Task<ClusterStatus> StatusAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var question = new Question(new AskStatus(ControlProtocol.Version), _ => true, Checked(deadline));
        var (system, contacts) = place();
        var time = TimeProvider.System;
        system.ActorOf(Props.Create(() => new Conversation(contacts, question, time)));
        return question.Answer.Task.WaitAsync(cancellationToken);
    }

    public Task<CommandOutcome> ReplanAsync(CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Replan, "", "", options, cancellationToken);

    public Task<CommandOutcome> PinAsync(OperatorId operatorId, Tier tier, CommandOptions options, CancellationToken cancellationToken) =>
        CommandAsync(CommandKind.Pin, operatorId.Value, tier.Name, options, cancellationToken);

    public Task<CommandOutcome> UnpinAsync(OperatorId operatorId, CommandOptions options, CancellationToken cancellationToken) =>
        CommandAsync(CommandKind.Unpin, operatorId.Value, "", options, cancellationToken);

    public Task<CommandOutcome> SwapAsync(OperatorId operatorId, string variant, CommandOptions options, CancellationToken cancellationToken) =>
        CommandAsync(CommandKind.Swap, operatorId.Value, variant, options, cancellationToken);

    public Task<CommandOutcome> DrainAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Drain, node.Value, "", options, cancellationToken);

    public Task<CommandOutcome> ReturnAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken) => CommandAsync(CommandKind.Return, node.Value, "", options, cancellationToken);

    public async Task<ImmutableArray<Decision>> HistoryAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        ((HistoryIs)await AskAsync(new AskHistory(ControlProtocol.Version), m => m is HistoryIs, deadline, cancellationToken).ConfigureAwait(false)).Decisions;

    private async Task<CommandOutcome> CommandAsync(CommandKind kind, string subject, string argument, CommandOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Id is { Length: 0 or > MostId })
        {
            throw new ArgumentException($"The command's id has {options.Id.Length} characters; allowed: 1 to {MostId}.", nameof(options));
        }

        var command = new Command(ControlProtocol.Version, options.Id ?? Guid.NewGuid().ToString("N"), kind, Cut(subject), Cut(argument), options.IsDryRun);
        return ((CommandIs)await AskAsync(command, m => m is CommandIs answer && answer.Id == command.Id, options.Deadline, cancellationToken).ConfigureAwait(false)).Outcome;
    }

    private async Task<IControlMessage> AskAsync(IControlMessage question, Func<IControlMessage, bool> isAnswer, TimeSpan deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        deadline = Checked(deadline);
        var answer = new TaskCompletionSource<IControlMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (system, contacts) = place();
        var inquiry = system.ActorOf(Props.Create(() => new Inquiry(contacts, question, isAnswer, deadline, answer)));
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
