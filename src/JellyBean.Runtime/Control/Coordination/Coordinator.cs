using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Snapshots;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>A workflow's single coordinator in the cluster: turns messages into events for <see cref="RunMachine"/> and does what comes of them.</summary>
/// <remarks>It acts only once a majority of the journal's replicas has promised it a term; if another one leads in a later term, it falls silent and begins anew.</remarks>
internal sealed partial class Coordinator : ReceiveActor, IWithTimers, IWithStash
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BeginAgainAfter = TimeSpan.FromSeconds(5);

    private readonly WorkerId _self;
    private readonly string _workflow;
    private readonly RunRules _rules;
    private readonly MachineBook _book;
    private readonly RemotePlanner? _remote;
    private readonly NodeEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ILogger _logger;
    private readonly Agents _agents = new();
    private readonly RunHistory _history;
    private readonly Audience _audience;
    private readonly SnapshotDesk? _snapshots;
    private readonly AdaptationDesk? _adaptation;
    private readonly ReplanDesk? _replanning;
    private readonly PlanQueue _plans;
    private RunMachine _machine;
    private RunState _state = new();
    private RunTicket? _ticket;
    private Leader _leader;
    private int _ticks;

    /// <param name="self">The node that it is on.</param>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="rules">What it decides by.</param>
    /// <param name="environment">What surrounds it.</param>
    /// <param name="book">Who has what of the machines.</param>
    /// <param name="remote">Asks nodes for plans; null where they are made here, or handed in.</param>
    /// <param name="time">Measures time.</param>
    /// <param name="logger">Logs what becomes of runs.</param>
    public Coordinator(WorkerId self, string workflow, RunRules rules, NodeEnvironment environment, MachineBook book, RemotePlanner? remote, TimeProvider time, ILogger logger)
    {
        (_self, _workflow, _rules, _book, _remote) = (self, workflow, rules, book, remote);
        _machine = new RunMachine(rules);
        _environment = environment;
        _time = time;
        _began = time.GetTimestamp();
        _logger = logger;
        _history = new RunHistory(time);
        _audience = new Audience(rules.Fingerprint, environment.Options.ReportInterval, () => _history.Decisions);
        _snapshots = rules.Options.Snapshots is { } options ? new SnapshotDesk(options, rules.ResendAfter, logger) : null;
        _adaptation = rules.Options.Adaptation is { } adaptation ? new AdaptationDesk(adaptation, rules.ResendAfter, logger) : null;
        _replanning = rules.Options.Replanning is { } replanning && environment.Planner is not null ? new ReplanDesk(replanning, rules.Options.Adaptation?.FollowsPaced == true) : null;
        _plans = new PlanQueue(environment);
        _leader = new Leader { Candidate = Guid.NewGuid().ToString("N"), Majority = (environment.Coordinators / 2) + 1, Term = 1 };
        Become(Waiting);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_began);

    protected override void PreStart()
    {
        LogBegan(_logger, Self.Path.Address);
        Context.System.EventStream.Subscribe(Self, typeof(PeerGone));
        _environment.Desk.Attach(Self);
        Timers.StartPeriodicTimer("tick", TickDue.Instance, TickInterval);
        Ask();
    }

    protected override void PostStop()
    {
        _environment.Desk.Detach(Self);
        _book.Hold(_rules.Fingerprint, ImmutableDictionary<WorkerId, MachineShare>.Empty);
        _book.Release(_rules.Fingerprint);
        _book.Succeed(_rules.Fingerprint, null);
    }

    // Nobody has promised it anything yet: nodes announce themselves again, plans of this process wait.
    private void Waiting()
    {
        Journal();
        Receive<TickDue>(_ => AskNowAndThen());
        Receive<SubmitRun>(_ => Stash.Stash());
        Receive<DrainRun>(_ => Stash.Stash());
        Receive<AbortRun>(_ => Stash.Stash());
        Receive<Coordinators.EndLead>(_ => Context.Parent.Tell(new Coordinators.LeadMayEnd()));
        ReceiveAny(_ => { });
    }

    private void Leading()
    {
        Journal();
        Receive<Announce>(m => Advance(new RunEvent.NodeAnnounced(m)));
        Receive<Deployed>(m => FromNode(w => new RunEvent.NodeDeployed(w, m.Epoch, m.Predecessor) { Staying = m.Staying, Recalled = m.Recalled }));
        Receive<DeployFailed>(m => FromNode(w => new RunEvent.NodeDeployFailed(w, m.Epoch, m.Reason) { IsPossibleFromSnapshot = m.IsPossibleFromSnapshot }));
        Receive<TakenOver>(m => FromNode(w => new RunEvent.NodeTakenOver(w, m.Epoch)));
        Receive<Report>(m =>
        {
            _adaptation?.Heard(m.Fragment, Now);
            _replanning?.Heard(m.Fragment, Now);
            FromNode(w => new RunEvent.NodeReported(w, m.Fragment));
        });
        Receive<Adjusted>(_ => _agents.Of(Sender) is not null, m =>
        {
            _adaptation?.Answered(_agents.Of(Sender)!.Value, m, Now);
            if (_adaptation?.TakeDone() is { } chosen)
            {
                Advance(chosen);
            }
        });
        Receive<FragmentCompleted>(m => FromNode(w => new RunEvent.NodeCompleted(w, m.Last)));
        Receive<FragmentFailed>(m => FromNode(w => new RunEvent.NodeFailed(w, m.Epoch, m.Cause)));
        Receive<Stopped>(m => FromNode(w => new RunEvent.NodeStopped(w, m.Epoch)));
        Receive<Leaving>(_ => FromNode(w => new RunEvent.NodeLeaving(w)));
        Receive<Coordinators.EndLead>(_ => Advance(new RunEvent.LeadEnds()));
        Receive<Terminated>(m => OnGone(m.ActorRef));
        Receive<PeerGone>(m => _agents.At(m.Address).ForEach(OnGone));
        Receive<SubmitRun>(OnSubmit);
        Receive<ProposePlan>(m => Advance(new RunEvent.Proposed(m.Plan, m.Reason)));
        Receive<DrainRun>(_ => Advance(new RunEvent.DrainRequested()));
        Receive<AbortRun>(m => Advance(new RunEvent.AbortRequested(m.Reason)));
        Receive<Submit>(OnWanted);
        Receive<AskStatus>(_ => _audience.Tell(Sender, _self, _state, Now));
        Receive<Command>(m => Advance(new RunEvent.Commanded(m)));
        Receive<UpgradeCommand>(m => Advance(new RunEvent.Commanded(m.Command) { Others = m.Others }));
        Receive<AskVersion>(m => Advance(new RunEvent.VersionAsked(m)));
        Receive<VersionIs>(m => Advance(new RunEvent.VersionTold(m)));
        Receive<AskHistory>(_ => Sender.Tell(DecisionFormat.Latest(_history.Decisions)));
        Receive<EndRun>(_ => Advance(new RunEvent.DrainRequested()));
        ReceiveSnapshots();
        Receive<PlanMade>(m =>
        {
            if (m.Answer.Decision is { } decision)
            {
                _replanning?.Answered(decision, Now);
            }

            Advance(new RunEvent.Planned(m.Asked, m.Answer));
            _book.Release(_rules.Fingerprint);
        });
        Receive<PlanAnswer>(m => _remote?.On(m));
        Receive<NamesAre>(m => _remote is not null && _agents.Of(Sender) is not null, m => _machine = new RunMachine(_rules with { Names = m.Names }));
        Receive<TickDue>(_ =>
        {
            AskNowAndThen();
            AskForPlan();
            Advance(new RunEvent.Tick { PaidByOthers = _book.PaidByOthers(_rules.Fingerprint) });
            Advance(new SnapshotEvent.Tick());
            foreach (var send in _adaptation?.Tick(_state, Now) ?? [])
            {
                Do(send);
            }

            if (_replanning?.Tick(_state, Now) is { } due)
            {
                Advance(due);
            }

            _history.Add(_adaptation?.Records ?? [], Now);
            if (_history.IsDue(Now))
            {
                Write(RunMachine.WhatIsKept(_state));
            }

            _audience.Tick(_self, _state, Now);
        });
    }

    private void Overruled()
    {
        Receive<BeginAgain>(_ => throw new RunException("Another coordinator had a later term; this one begins anew."));
        Receive<Coordinators.EndLead>(_ => Context.Parent.Tell(new Coordinators.LeadMayEnd()));
        ReceiveAny(_ => { });
    }

    private void Journal()
    {
        Receive<Promise>(m => Listen(_leader.On(m)));
        Receive<Accepted>(m => Listen(_leader.On(m)));
        Receive<Overruled>(m => Listen(_leader.On(m)));
    }

    private void Listen(Leader next)
    {
        var before = _leader;
        _leader = next;
        if (next.IsOverruled && !before.IsOverruled)
        {
            LogOverruled(_logger, next.Term);
            Become(Overruled);
            Timers.StartSingleTimer("begin-again", BeginAgain.Instance, BeginAgainAfter);
            return;
        }

        if (next.Asking is { } asking && !ReferenceEquals(asking, before.Asking) && (next.Term, next.IsPromised) != (before.Term, before.IsPromised))
        {
            Ask();
        }

        if (next.Kept <= before.Kept)
        {
            return;
        }

        if (_state.Term == next.Term)
        {
            KeepIfRecorded();
            Advance(new RunEvent.Recorded());
            return;
        }

        LogLeads(_logger, next.Term);
        Become(Leading);
        var record = RunRecord.FromBytes(next.Entry.Value);
        _history.GoOn(record);
        Advance(new RunEvent.Began(next.Term, record));
        Stash.UnstashAll();
    }

    private void AskNowAndThen()
    {
        if (++_ticks % 5 == 0)
        {
            Ask();
        }
    }

    private void Ask()
    {
        if (_leader.Asking is not { } asking)
        {
            return;
        }

        foreach (var member in Cluster.Get(Context.System).State.Members.Where(m => m.HasRole(ControlSettings.CoordinatorRole)))
        {
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / JournalReplica.Name).Tell(new For(_rules.Fingerprint, asking));
        }
    }

    // Of nodes that make plans the first one that is there: the next time it may be another.
    private void AskForPlan()
    {
        if (_remote?.Due(Now) is not { } ask)
        {
            return;
        }

        if (_state.Nodes.Values.FirstOrDefault(n => n is { IsReachable: true, IsLeaving: false, Last.Node.IsPlanner: true }) is { } planner && _agents.Of(planner.Last.Worker) is { } agent)
        {
            agent.Tell(ask);
            return;
        }

        _remote.On(new PlanAnswer(ask.Id, new ClusterPlan { Reasons = [$"No node is there that makes plans of '{_workflow}': start one of its program with --role planner."] }));
    }

    // Nodes that were not welcomed have nothing to say; they announce themselves again and again.
    private void FromNode(Func<WorkerId, RunEvent> occurred)
    {
        if (_agents.Of(Sender) is { } worker)
        {
            Advance(occurred(worker));
        }
    }

    private void OnGone(IActorRef agent)
    {
        if (_agents.Remove(agent) is { } worker)
        {
            Context.Unwatch(agent);
            if (_state.Nodes.GetValueOrDefault(worker) is { IsLeaving: true })
            {
                LogNodeLeft(_logger, worker);
            }
            else
            {
                LogNodeLost(_logger, _state.Run is null ? LogLevel.Information : LogLevel.Warning, worker);
            }

            Advance(new RunEvent.NodeLost(worker));
        }
    }

    private void OnSubmit(SubmitRun submit)
    {
        _ticket = submit.Ticket;
        Advance(new RunEvent.Submitted(submit.Ticket.RunId, submit.Ticket.Plan, submit.Ticket.Resume));
    }

    private void OnWanted(Submit submit)
    {
        if (_audience.Refusal(submit, _state, canPlan: _environment.Planner is not null) is { } reason)
        {
            Sender.Tell(new SubmitRefused(submit.RunId, reason));
            return;
        }

        _audience.Add(Sender, Now);
        Advance(new RunEvent.Wanted(submit.RunId));
        _audience.Tell(Sender, _self, _state, Now);
    }

    private void Advance(RunEvent occurred)
    {
        var before = _state;
        var step = _machine.Next(before, occurred, Now);
        _state = step.State;
        _history.Add(before, _state, Now);
        if (occurred is RunEvent.NodeAnnounced { Announce.Worker: var worker } && step.Effects is [RunEffect.Reply { Message: Welcome }, ..])
        {
            Remember(worker, Sender);
        }

        Share(before);
        if (before.Phase != _state.Phase)
        {
            LogPhase(_logger, _state.Run?.Epoch ?? before.Run?.Epoch ?? 0, before.Phase, _state.Phase);
        }

        foreach (var effect in step.Effects)
        {
            Do(effect);
        }

        if (SnapshotDesk.EventOf(before, _state) is { } follows)
        {
            Advance(follows);
        }
    }

    /// <summary>Lets the other workflows see what this one has of the machines, and whoever asks how it is.</summary>
    private void Share(RunState before)
    {
        if (_state.Upgrade?.From != before.Upgrade?.From)
        {
            _book.Succeed(_rules.Fingerprint, _state.Upgrade?.From);
        }

        var (run, was) = (_state.Run, before.Run);
        if (ReferenceEquals(before.Nodes, _state.Nodes) && before.Phase == _state.Phase && ReferenceEquals(run?.Plan, was?.Plan)
            && ReferenceEquals(run?.Transition?.Plan, was?.Transition?.Plan) && ReferenceEquals(run?.Next?.Plan, was?.Next?.Plan))
        {
            return;
        }

        Plan?[] plans = [run?.Plan, run?.Transition?.Plan, run?.Next?.Plan];
        _book.Hold(_rules.Fingerprint, MachineBook.Most(plans.OfType<Plan>().Select(p => MachineBook.Of(p, w => _state.Nodes.GetValueOrDefault(w)?.Last.Node))));
        Context.Parent.Tell(new WorkflowStatus
        {
            Name = _workflow,
            Fingerprint = _rules.Fingerprint,
            Phase = _state.Doing,
            Epoch = run?.Epoch ?? 0,
            CostPerHour = run?.Plan?.Cost.TotalPerHour,
            Currency = run?.Plan?.Cost.Currency ?? "",
            Nodes = [.. _state.Nodes.Values.Where(n => n.IsReachable).Select(n => n.Last.Worker)],
        });
    }

    private void Remember(WorkerId worker, IActorRef agent)
    {
        if (agent.Equals(_agents.Of(worker)))
        {
            return;
        }

        LogNodeWelcomed(_logger, worker, agent.Path.Address);
        if (_agents.Set(worker, Context.Watch(agent)) is { } former)
        {
            Context.Unwatch(former);
        }
    }

    private sealed class TickDue : INoSerializationVerificationNeeded
    {
        public static readonly TickDue Instance = new();
    }

    private sealed class BeginAgain : INoSerializationVerificationNeeded
    {
        public static readonly BeginAgain Instance = new();
    }
}
