using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Clients;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Security;
using JellyBean.Runtime.Telemetry;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime;

/// <summary>Asks a cluster to run its workflow, and how it is, without being a node of it.</summary>
/// <remarks>Thread-safe. A run goes on in the cluster when the client ends.</remarks>
public sealed class ClusterClient : IAsyncDisposable
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(2);

    private readonly ActorSystem _system;
    private readonly ImmutableArray<Address> _contacts;
    private volatile bool _isReached;

    /// <summary>Prepares to ask; nothing is sent yet.</summary>
    /// <param name="contacts">Nodes of the cluster, at least one.</param>
    /// <param name="listen">Where answers come in; port 0 lets the system choose.</param>
    /// <param name="certificates">What the client proves itself with; null where the cluster speaks plaintext. Not disposed.</param>
    /// <param name="loggers">Where Akka's warnings go.</param>
    /// <param name="workflow">What is asked about, as NAME@FINGERPRINT; where the cluster has another version of it only, that one. Null for the workflow that its coordinator has built.</param>
    public ClusterClient(ImmutableArray<NodeAddress> contacts, NodeAddress listen, NodeCertificates? certificates, ILoggerFactory loggers, string? workflow = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(contacts.Length);
        ArgumentNullException.ThrowIfNull(loggers);
        var setup = BootstrapSetup.Create().WithConfig(ControlSettings.ForClient(listen, certificates is not null)).And(new AkkaLoggerSetup(loggers.CreateLogger("JellyBean.Runtime.Client.Akka")) { IsQuiet = true });
        _system = ActorSystem.Create(ControlSettings.SystemName, ControlSecurity.Secured(setup, certificates));
        var protocol = certificates is null ? "akka.tcp" : "akka.ssl.tcp";
        Control = new RemoteControl(() => (_system, _contacts), workflow is null ? null : new About(workflow, IsPreference: true), Heard);
        _contacts = [.. contacts.Select(c => new Address(protocol, ControlSettings.SystemName, c.Host, c.Port))];
    }

    /// <summary>Whether a coordinator has answered anything; until then the cluster may not even know that it is asked.</summary>
    public bool IsReached => _isReached;

    /// <summary>Commands what the cluster runs.</summary>
    public IWorkflowControl Control { get; }

    /// <summary>How the cluster is.</summary>
    /// <param name="patience">How long the answer may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RunException">Nobody has answered.</exception>
    public Task<ClusterStatus> StatusAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        Control.StatusAsync(patience, cancellationToken);

    /// <summary>Lets the sources stop, if a run is on, and waits until what was admitted is processed.</summary>
    /// <param name="patience">How long nothing may be heard.</param>
    /// <param name="cancellationToken">Gives up waiting; the run ends all the same.</param>
    /// <returns>How the cluster is then.</returns>
    /// <exception cref="RunException">Nobody has answered.</exception>
    public Task<ClusterStatus> StopAsync(TimeSpan patience, CancellationToken cancellationToken) => Control.StopAsync(patience, cancellationToken);

    /// <summary>Lets the cluster run its workflow, by plans of its own, and waits until every source has ended and every result is written.</summary>
    /// <param name="fingerprint">Of the workflow that this program has built: a cluster that has built another one refuses.</param>
    /// <param name="patience">How long the first answer may take.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="planned">Told of each plan that is put in force.</param>
    /// <param name="until">When to stop watching although the run goes on; null to watch it to its end.</param>
    /// <param name="drain">Once cancelled, sources stop, what was admitted is processed, and the run completes normally.</param>
    /// <returns>How the cluster was when the run had ended.</returns>
    /// <exception cref="RunException">The run was refused or has failed, or nobody has answered.</exception>
    public async Task<ClusterStatus> RunAsync(
        string fingerprint, TimeSpan patience, IProgress<ClusterStatus>? progress, Action<Plan>? planned, Func<ClusterStatus, bool>? until, CancellationToken drain)
    {
        var id = Guid.NewGuid().ToString("N");
        var question = new Question(new Submit(ControlProtocol.Version, fingerprint, id), IsAnswer, LostAfter) { About = new About(fingerprint, IsPreference: false), Heard = Heard, Progress = progress, Planned = planned };
        var running = AskAsync(question, drain);
        var first = await Task.WhenAny(running, Task.Delay(patience, CancellationToken.None)).ConfigureAwait(false);
        if (first != running && !_isReached)
        {
            throw new RunException(Unanswered.Within(patience, _contacts));
        }

        var status = await running.ConfigureAwait(false);
        return status.EndedRunId == id && status.EndedFailure is { } failure ? throw new RunException(failure, status.Epoch) : status;

        bool IsAnswer(ClusterStatus status) => status.EndedRunId == id || (status.RunId == id && until?.Invoke(status) == true);
    }

    private void Heard() => _isReached = true;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().ConfigureAwait(false);
        _system.Dispose();
    }

    private async Task<ClusterStatus> AskAsync(Question question, CancellationToken drain)
    {
        var (contacts, time) = (_contacts, TimeProvider.System);
        var conversation = _system.ActorOf(Props.Create(() => new Conversation(contacts, question, time)));
        using var draining = drain.Register(() => conversation.Tell(new EndRun(ControlProtocol.Version)));
        return await question.Answer.Task.ConfigureAwait(false);
    }
}
