using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using static JellyBean.Runtime.Tests.Control.CommandWalk;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Tests.Control.Upgrades;

/// <summary>A version of a workflow in virtual time: its coordinator, its part of the journal, and a node that reads files and stores snapshots as told.</summary>
internal sealed class VersionWalk
{
    public const int Length = 40;

    public static readonly ImmutableArray<SourceId> Sources = [new("in/gate"), new("in/yard")];

    private readonly RunRules _rules;
    private readonly RunMachine _machine;
    private readonly Dictionary<SourceId, Reading> _reading = [];
    private readonly Dictionary<long, Dictionary<SourceId, long>> _snapshots = [];
    private readonly Queue<RunEffect.MakePlan> _questions = new();
    private RunRecord? _asked;
    private long _taking;
    private long _nextSnapshot = 1;
    private long _epoch;
    private long _lastEpoch;
    private int _instance;
    private bool _isStarted;
    private bool _isReady;

    public VersionWalk(string fingerprint)
    {
        Fingerprint = fingerprint;
        _rules = new RunRules(fingerprint, new LocalClusterOptions { Snapshots = new SnapshotOptions { Folder = "none" } }) { Names = Rules.Names with { Configured = [.. Sources] } };
        _machine = new RunMachine(_rules);
        Begin(1);
    }

    public string Fingerprint { get; }

    public RunState State { get; private set; } = new();

    public RunRecord Kept { get; private set; } = RunRecord.Empty;

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>What it asks other versions, and answers them.</summary>
    public Queue<(AskVersion? Ask, VersionIs? Answer)> Said { get; } = new();

    /// <summary>Whether its planner finds a plan.</summary>
    public bool CanPlan { get; set; } = true;

    /// <summary>Whether its node reads what it is not held up to read.</summary>
    public bool CanRead { get; set; } = true;

    /// <summary>Whether a run of it was lost: what its sinks hold of that is then read again.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What it has read, and will not take back.</summary>
    public IEnumerable<(SourceId Source, long Number)> Read => _reading.SelectMany(r => r.Value.Read.Select(n => (r.Key, n)));

    public bool Runs => State.Phase == RunPhase.Running;

    public void Do(RunEvent occurred)
    {
        var step = _machine.Next(State, occurred, Now);
        State = step.State;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case RunEffect.MakePlan e:
                    _questions.Enqueue(e);
                    break;
                case RunEffect.Record e:
                    _asked = e.What;
                    break;
                case RunEffect.CallVersion { Ask: { } ask }:
                    Said.Enqueue((ask, null));
                    break;
                case RunEffect.TellVersion e:
                    Said.Enqueue((null, e.Version));
                    break;
                case RunEffect.WantSnapshot:
                    BeginSnapshot();
                    break;
                case RunEffect.Fail:
                    HasFailed = true;
                    break;
                case RunEffect.Send e:
                    Hear(e.Message);
                    break;
            }
        }
    }

    public CommandOutcome? Ask(Command command, params WorkflowStatus[] others)
    {
        var step = _machine.Next(State, new RunEvent.Commanded(command) { Others = [.. others] }, Now);
        State = step.State;
        _asked = step.Effects.OfType<RunEffect.Record>().LastOrDefault()?.What ?? _asked;
        return (step.Effects.OfType<RunEffect.Reply>().Single().Message as CommandIs)?.Outcome;
    }

    /// <summary>The coordinator dies, and another one begins with what is written down.</summary>
    public void Replace()
    {
        Kept = RunRecord.FromBytes(Kept.ToBytes());
        Begin(State.Term + 1);
    }

    /// <summary>The node dies, and comes back with nothing but its disk.</summary>
    public void Crash()
    {
        (_epoch, _taking, _isStarted, _isReady) = (0, 0, false, false);
        Do(new RunEvent.NodeLost(A));
        _instance++;
        Announce();
    }

    /// <summary>A tick, and all that is due then.</summary>
    public void Tick(TimeSpan after)
    {
        Now += after;
        Announce();
        Do(new RunEvent.Tick());
        if (_questions.TryDequeue(out var question))
        {
            Do(new RunEvent.Planned(question.Asked, CanPlan ? new ClusterPlan { Plan = Plan() } : new ClusterPlan { Reasons = ["There is no room."] }));
        }
    }

    public void WriteDown()
    {
        if (_asked is { } asked)
        {
            (Kept, _asked) = (asked, null);
            Do(new RunEvent.Recorded());
        }
    }

    /// <summary>The node answers, reads one element of each source that it may read, and reports.</summary>
    public void Work()
    {
        if (_isReady)
        {
            Do(new RunEvent.NodeDeployed(A, _epoch));
        }

        if (!_isStarted)
        {
            return;
        }

        foreach (var source in _reading.Values.Where(s => !s.IsHeld && s.Next < Length && CanRead))
        {
            source.Read.Add(source.Next++);
        }

        Report();
        if (_reading.Values.All(s => s.IsOver) && _epoch > 0)
        {
            Do(new RunEvent.NodeCompleted(A, ReportOf()));
            Do(new RunEvent.Secured());
        }
    }

    public void BeginSnapshot()
    {
        if (_isStarted && _taking == 0 && Runs)
        {
            _taking = _nextSnapshot++;
            _snapshots[_taking] = _reading.ToDictionary(s => s.Key, s => s.Value.Next);
            Do(new RunEvent.SnapshotBegan(_taking));
        }
    }

    public void CompleteSnapshot()
    {
        if (_taking > 0 && Runs)
        {
            var taken = _taking;
            _taking = 0;
            Do(new RunEvent.SnapshotComplete(taken, []));
        }
    }

    public WorkflowStatus Status() => new() { Name = "test", Fingerprint = Fingerprint, Phase = State.Phase.ToString().ToLowerInvariant() };

    public override string ToString() =>
        $"{Fingerprint} {State.Phase} {State.Upgrade?.Step} {State.Upgrade?.InHand}, away {string.Join(' ', State.Custody.Away.Keys)}, from {string.Join(' ', State.Custody.From.Values)}, reads {string.Join(' ', _reading.Select(r => $"{r.Key} {r.Value.Next} {(r.Value.IsHeld ? "held" : "")}"))}; {State.Ended} {string.Join("; ", State.Run?.History ?? State.Ended?.History ?? [])}";

    private void Begin(long term)
    {
        State = new RunState();
        _asked = null;
        _questions.Clear();
        Do(new RunEvent.Began(term, Kept));
        Announce();
    }

    private void Announce() => Do(new RunEvent.NodeAnnounced(new Announce(
        ControlProtocol.Version, ClusterFixture.Node("a", Workflows.Tier.Edge), Fingerprint, $"{_instance}", _lastEpoch, _epoch, new NodeAddress("127.0.0.1", 4))));

    private Plan Plan() => PlanOn(A) with
    {
        WorkflowFingerprint = Fingerprint,
        Sources = [.. Sources.Select(s => new PlannedSource { Source = s, Input = new OperatorId("in"), Worker = A, Rate = 1 })],
    };

    private void Hear(IControlMessage message)
    {
        switch (message)
        {
            case Deploy m when m.Epoch > _epoch && m.Epoch > _lastEpoch:
                (_epoch, _lastEpoch, _isReady, _isStarted, _taking) = (m.Epoch, m.Epoch, true, false, 0);
                foreach (var source in Sources)
                {
                    var stored = m.Resume is > 0 and var snapshot ? _snapshots[snapshot].GetValueOrDefault(source) : 0;
                    var reading = _reading.TryGetValue(source, out var known) ? known : _reading[source] = new Reading();
                    reading.GoBackTo(m.Resume is not > 0 ? long.MaxValue : stored, Math.Max(stored, m.Starts.FirstOrDefault(s => s.Source == source)?.Number ?? 0), m.Paused.Contains(source));
                }

                break;
            case Deploy m when m.Epoch == _epoch:
                _isReady = true;
                break;
            case Start m when m.Epoch == _epoch:
                _isStarted = true;
                break;
            case HoldSources m when m.Epoch == _epoch:
                foreach (var (source, reading) in _reading)
                {
                    reading.IsHeld = m.Sources.Contains(source);
                    reading.Next = reading.IsHeld ? reading.Next : Math.Max(reading.Next, m.Starts.FirstOrDefault(s => s.Source == source)?.Number ?? 0);
                }

                break;
            case Drain m when m.Epoch == _epoch && _isStarted:
                _reading.Values.ToList().ForEach(r => r.IsDrained = true);
                break;
            case Stop m:
                if (_epoch <= m.Epoch)
                {
                    (_epoch, _isStarted, _isReady) = (0, false, false);
                }

                Do(new RunEvent.NodeStopped(A, m.Epoch));
                break;
        }
    }

    private void Report() => Do(new RunEvent.NodeReported(A, ReportOf()));

    private FragmentReport ReportOf() => new(
        _epoch, A, [.. _reading.Select(s => new SourceReport(s.Key, s.Value.Next, 0, s.Value.IsOver, null, 0, 0) { IsPaused = s.Value.IsHeld })], [], [], [], FailureReport.None);

    private sealed class Reading
    {
        public long Next { get; set; }

        public bool IsHeld { get; set; }

        public bool IsDrained { get; set; }

        public bool IsOver => IsDrained || (!IsHeld && Next >= Length);

        public List<long> Read { get; } = [];

        // Transactional sinks take back what came behind the snapshot.
        public void GoBackTo(long stored, long number, bool isHeld)
        {
            Read.RemoveAll(n => n >= stored);
            (Next, IsHeld, IsDrained) = (number, isHeld, false);
        }
    }
}
