using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Commands;

/// <summary>What people command a running cluster with, whether from its own process, over the network or by HTTP.</summary>
/// <remarks>
/// Thread-safe. A command is sent again until it is answered, and done once however often it arrives, also where another node coordinates meanwhile. What it asks for is planned first: where no plan
/// fits, the outcome says why and what runs goes on untouched. Commands are done one after the other. Cancelling gives up waiting; a command that has begun goes on, and <see cref="HistoryAsync"/> tells what became of it.
/// Every method throws a <see cref="RunException"/> if nobody has answered within the deadline.
/// </remarks>
public interface IWorkflowControl
{
    /// <summary>In place of a variant's name: whichever the planner chooses.</summary>
    const string AnyVariant = "any";

    /// <summary>The same for another workflow of the cluster.</summary>
    /// <param name="workflow">Its name; where several have it, NAME@ and how its fingerprint begins. One that the cluster does not have is told by a <see cref="RunException"/> when something is asked of it.</param>
    IWorkflowControl Of(string workflow);

    /// <summary>The workflows that nodes of the cluster have built, the one of the program that coordinates first.</summary>
    /// <param name="deadline">How long the answer may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ImmutableArray<WorkflowStatus>> WorkflowsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Lets the cluster run the workflow, by plans of its own. It goes on when nobody watches; other workflows are not touched.</summary>
    /// <param name="deadline">How long it may take until its plan is in force.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How the cluster is then; with a <see cref="ClusterStatus.Problem"/> where no plan fits at the moment: it is planned again as nodes come and go.</returns>
    /// <exception cref="RunException">It runs already, or could not be begun.</exception>
    Task<ClusterStatus> StartAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Lets the sources stop, if the workflow runs, and waits until what was admitted is processed. Other workflows go on.</summary>
    /// <param name="deadline">How long nothing may be heard.</param>
    /// <param name="cancellationToken">Gives up waiting; the run ends all the same.</param>
    /// <returns>How the cluster is then.</returns>
    Task<ClusterStatus> StopAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The nodes, what runs on them, how far it is, and what was decided by hand.</summary>
    /// <param name="deadline">How long the answer may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ClusterStatus> StatusAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Plans anew with the nodes that are there, and puts the plan in force if it differs from the one that is.</summary>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> ReplanAsync(CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Keeps an operator on a tier from now on, under every plan, until <see cref="UnpinAsync"/>.</summary>
    /// <param name="operatorId">An operator of the workflow that the workflow itself does not pin.</param>
    /// <param name="tier">A tier.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> PinAsync(OperatorId operatorId, Tier tier, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Lets the planner choose again where an operator runs.</summary>
    /// <param name="operatorId">An operator that <see cref="PinAsync"/> has pinned.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> UnpinAsync(OperatorId operatorId, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Lets an operator ask one variant of its model from now on, under every plan; <see cref="AnyVariant"/> lets the planner choose again. Accuracy floors hold: a variant that misses one is no plan.</summary>
    /// <param name="operatorId">An operator that asks a model.</param>
    /// <param name="variant">A variant of the model.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> SwapAsync(OperatorId operatorId, string variant, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Takes everything away from a node, and gives it nothing until <see cref="ReturnAsync"/>; it stays in the cluster, and may be ended without harm. Where several workflows of the cluster use nodes of that name, it is
    /// drained of all of them: nothing moves unless each says that it can, and the outcome tells what each does, or why it cannot. Of a control that <see cref="Of"/> gave, it is drained of that workflow alone.</summary>
    /// <param name="node">A node of the cluster.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> DrainAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Lets plans use a node again that <see cref="DrainAsync"/> has emptied: those of every workflow, or of the one that <see cref="Of"/> was given. Does nothing where it is not drained.</summary>
    /// <param name="node">A node.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> ReturnAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Reads a source no more until <see cref="ResumeAsync"/>: a camera is let go of, a file stays where it is. What it had given is processed, joins do not wait for it, and the plan keeps its place.</summary>
    /// <param name="source">A source of the run, as in <c>cameras/gate</c>.</param>
    /// <param name="options">How long it may take.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> PauseAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Reads a source again that <see cref="PauseAsync"/> has held up: a camera from now on, a file from where it was.</summary>
    /// <param name="source">A source that is held up.</param>
    /// <param name="options">How long it may take.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> ResumeAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Adds a source to an input, under every plan from now on, while the others flow.</summary>
    /// <param name="source">An input of the workflow and a name that no source of it has, as in <c>cameras/yard</c>.</param>
    /// <param name="settings">The keys that its configuration would have, such as <c>uri</c>, <c>rate</c>, <c>node</c>, <c>overload</c>; none for a configured source that was removed.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> AddAsync(SourceId source, IReadOnlyDictionary<string, string> settings, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Takes a source out of the run, configured or added, under every plan from now on: what it had given is processed, the others flow.</summary>
    /// <param name="source">A source of the run.</param>
    /// <param name="options">How long it may take, and whether to say only what would change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> RemoveAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Lets this version of the workflow take the place of another one that runs beside it: it starts with its sources held up, takes them one after the other from where the other one has come to, and the other one ends.
    /// Where something goes wrong, the other one gets back what it had given, and goes on. Going back to a former version is the same, asked of that one.</summary>
    /// <param name="from">The version whose place it takes, NAME@ and how its fingerprint begins; null for the only other one that runs.</param>
    /// <param name="options">How long it may take, and whether to say only whose place it would take.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CommandOutcome> UpgradeAsync(string? from, CommandOptions options, CancellationToken cancellationToken);

    /// <summary>Why plans changed: the decisions of the node that coordinates since it does, the latest last. As many as fit into a message are told.</summary>
    /// <param name="deadline">How long the answer may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ImmutableArray<Decision>> HistoryAsync(TimeSpan deadline, CancellationToken cancellationToken);
}
