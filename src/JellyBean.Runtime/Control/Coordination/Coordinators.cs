using Akka.Actor;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>The cluster's singleton: a coordinator for each workflow that nodes have built, the one of this program from the beginning, and the way to each of them.</summary>
/// <remarks>They share nothing but the book of who has what of the machines. Where this program has not built a workflow, nodes that have make its plans.</remarks>
internal sealed partial class Coordinators : ReceiveActor
{
    private const int MostWorkflows = 16;
    private const int MostFingerprint = 128;

    // Nodes announce themselves again at least every 5 s.
    private static readonly TimeSpan AllAnnouncedWithin = TimeSpan.FromSeconds(6);

    private readonly NodeIdentity _self;
    private readonly NodeEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ILogger _logger;
    private readonly MachineBook _book = new();

    // In the order in which they came.
    private readonly List<Known> _known = [];
    private readonly HashSet<IActorRef> _unready = [];
    private IActorRef? _asksToEnd;

    public Coordinators(NodeIdentity self, NodeEnvironment environment, TimeProvider time)
    {
        _self = self;
        _environment = environment;
        _time = time;
        _began = time.GetTimestamp();
        _logger = environment.Loggers.CreateLogger<Coordinators>();
        Receive<Announce>(OnAnnounce);
        Receive<For>(OnFor);
        Receive<Submit>(m => Forward(Of(m.Fingerprint) ?? _known[0], m));
        Receive<AskWorkflows>(_ => Sender.Tell(new WorkflowsAre([.. _known.Select(k => k.Status)])));
        Receive<Command>(m => Forward(_known[0], m));
        Receive<ToVersion>(OnToVersion);
        Receive<EndLead>(_ => OnEndLead());
        Receive<LeadMayEnd>(_ => OnMayEnd());
        Receive<WorkflowStatus>(m => _known[_known.FindIndex(k => k.Actor.Equals(Sender))] = new Known(Sender, m));
        ReceiveAny(m => Forward(_known[0], m));
    }

    protected override void PreStart() => Begin(_self.Workflow, _self.Fingerprint, _environment.Planner, null);

    /// <summary>This node is about to end: each coordinator makes safe what it coordinates.</summary>
    private void OnEndLead()
    {
        _asksToEnd = Sender;
        foreach (var known in _known)
        {
            _unready.Add(known.Actor);
            known.Actor.Tell(EndLead.Instance);
        }
    }

    private void OnMayEnd()
    {
        if (_unready.Remove(Sender) && _unready.Count == 0)
        {
            _asksToEnd?.Tell(new LeadMayEnd());
        }
    }

    // Who is to take the place of another version needs to know which there are.
    private void Forward(Known to, object message) => to.Actor.Forward(message is Command { Kind: CommandKind.Upgrade } command
        ? new UpgradeCommand(command, [.. _known.Where(k => k.Status.Name == to.Status.Name && k.Status.Fingerprint != to.Status.Fingerprint).Select(k => k.Status)])
        : message);

    /// <summary>After another node has begun to lead, a version may be spoken of before any of its nodes has announced itself.</summary>
    private void OnToVersion(ToVersion call)
    {
        if (_known.Find(k => k.Actor.Equals(Sender)) is { } from && IsFingerprint(call.Fingerprint))
        {
            var to = Of(call.Fingerprint) ?? BeginOther(from.Status.Name, call.Fingerprint);
            if (call.Message is { } message)
            {
                to.Actor.Forward(message);
            }
        }
    }

    private Known BeginOther(string workflow, string fingerprint)
    {
        LogBegan(_logger, workflow, fingerprint);
        var planner = new RemotePlanner(TimeSpan.FromSeconds(1));
        return Begin(workflow, fingerprint, planner, planner);
    }

    // One that does not ask for it is refused with both values, as what it has built is likely to be a mistake.
    private void OnAnnounce(Announce node)
    {
        var known = node.IsBeside ? Of(node.Fingerprint) : _known[0];
        if (known is null && node.ProtocolVersion == ControlProtocol.Version)
        {
            if (_known.Count >= MostWorkflows || !IsFingerprint(node.Fingerprint))
            {
                Sender.Tell(new Refused($"Node '{node.Worker}' has built '{node.Workflow}' with fingerprint {node.Fingerprint[..Math.Min(node.Fingerprint.Length, MostFingerprint)]}. The cluster takes up to {MostWorkflows} workflows, with fingerprints of letters and digits; it has {List()}.", IsFinal: false));
                return;
            }

            known = BeginOther(node.Workflow, node.Fingerprint);
        }

        Forward(known ?? _known[0], node);
    }

    private void OnFor(For asked)
    {
        var at = asked.Workflow.LastIndexOf('@');
        var found = Named(asked.Workflow).ToList();
        if (found.Count == 0 && asked.IsPreference && at >= 0)
        {
            // What is meant for one version must not end another, only because the nodes of the one have not announced themselves yet since this node leads. Whoever asks does so again.
            if (_time.GetElapsedTime(_began) < AllAnnouncedWithin)
            {
                return;
            }

            found = [.. Named(asked.Workflow[..at])];
        }

        switch (found)
        {
            case [var only]:
                Forward(only, asked.Message);
                break;
            default:
                Sender.Tell(new WorkflowUnknown($"{(found.Count == 0 ? "There is no workflow" : "There are several workflows")} '{asked.Workflow[..Math.Min(asked.Workflow.Length, MostFingerprint)]}' in the cluster. Allowed: {List()}."));
                break;
        }
    }

    private Known? Of(string fingerprint) => _known.Find(k => k.Status.Fingerprint == fingerprint);

    private IEnumerable<Known> Named(string workflow)
    {
        if (Of(workflow) is { } exact)
        {
            return [exact];
        }

        var at = workflow.LastIndexOf('@');
        var (name, begins) = at < 0 ? (workflow, "") : (workflow[..at], workflow[(at + 1)..]);
        return _known.Where(k => k.Status.Name == name && k.Status.Fingerprint.StartsWith(begins, StringComparison.Ordinal));
    }

    private string List() => string.Join(", ", _known.Select(k => k.Status.Among(_known.Select(o => o.Status))));

    private Known Begin(string workflow, string fingerprint, IClusterPlanner? planner, RemotePlanner? remote)
    {
        var environment = _environment with { Planner = planner is null ? null : new SharedPlanner(fingerprint, planner, _book) };
        if (remote is not null)
        {
            // Plans are not handed in for it here, and its snapshots are kept apart.
            var snapshots = _environment.Options.Snapshots;
            environment = environment with
            {
                Desk = new RunDesk(),
                Names = CommandNames.None,
                Options = _environment.Options with { Snapshots = snapshots is null ? null : snapshots with { Folder = $"{snapshots.Folder}-{fingerprint}" } },
            };
        }

        var rules = new RunRules(fingerprint, environment.Options) { Names = environment.Names, Began = _time.GetUtcNow() };
        var self = _self.Node.Worker;
        var (book, time, logger) = (_book, _time, environment.Loggers.CreateLogger<Coordinator>());
        var actor = Context.ActorOf(Props.Create(() => new Coordinator(self, workflow, rules, environment, book, remote, time, logger)));
        var known = new Known(actor, new WorkflowStatus { Name = workflow, Fingerprint = fingerprint, Phase = RunPhase.Idle.ToString().ToLowerInvariant() });
        _known.Add(known);
        return known;
    }

    // It becomes a part of a folder's name.
    private static bool IsFingerprint(string text) => text.Length is > 0 and <= MostFingerprint && text.All(char.IsAsciiLetterOrDigit);

    [LoggerMessage(EventId = 1151, Level = LogLevel.Information, Message = "Nodes have joined that have built workflow '{Workflow}', fingerprint {Fingerprint}; it is coordinated beside the others")]
    private static partial void LogBegan(ILogger logger, string workflow, string fingerprint);

    /// <summary>The node is about to end; answered by <see cref="LeadMayEnd"/>.</summary>
    internal sealed class EndLead : INoSerializationVerificationNeeded
    {
        public static readonly EndLead Instance = new();
    }

    /// <summary>What was coordinated here is as safe as it gets without this coordinator.</summary>
    internal sealed record LeadMayEnd : INoSerializationVerificationNeeded;

    private sealed record Known(IActorRef Actor, WorkflowStatus Status);
}
