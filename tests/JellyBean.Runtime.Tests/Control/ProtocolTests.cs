using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;
using Drain = JellyBean.Runtime.Control.Protocol.Drain;

namespace JellyBean.Runtime.Tests.Control;

public sealed class ProtocolTests
{
    private static readonly string[] Manifests =
        ["announce", "welcome", "refused", "deploy", "deployed", "deploy-failed", "start", "report", "fragment-completed", "fragment-failed", "drain", "stop", "stopped", "hold-sources", "adjust", "adjusted", "leaving", "leave-later", "submit", "submit-refused", "ask-status", "status", "plan", "end-run", "command", "command-is", "command-goes-on", "ask-history", "history", "prepare", "promise", "accept", "accepted", "overruled", "unknown", ""];

    private static readonly Gen<Distribution> Distributions =
        Gen.Select(Gen.Long, Gen.Double, Gen.Double, Gen.Double, Gen.Double, Gen.Double, (count, mean, p50, p90, p99, max) => new Distribution(count, mean, p50, p90, p99, max));

    private static readonly Gen<StageReport> Stages =
        Gen.Select(Gen.String, Gen.Null(Gen.String), Gen.Long.Array[6], Gen.Double, Distributions, (op, variant, counts, busy, d) =>
            new StageReport(new OperatorId(op), variant, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], busy, d, d, d)
            {
                Instances = (int)(counts[0] % 100),
                OldestMs = busy / 3,
                BlockedSeconds = busy * 2,
                BlockedShare = busy / 5,
                OldestAgeMs = busy / 7,
                Ready = variant is null ? [] : [variant, op],
                Proxy = variant is null ? null : new ProxyReport(variant, counts[1], counts[2], busy, busy / 2, counts[3] > 0 ? busy : null, counts[4] > 0 ? busy * 3 : null, busy / 9),
            });

    private static readonly Gen<OutputReport> Outputs =
        Gen.Select(Gen.String, Gen.Long, Gen.Long, Distributions, Gen.Select(Gen.String, Gen.Long, Distributions, (s, n, taken) => new SettledSource(new SourceId(s), n) { TakenMs = taken }).Array[0, 4], (op, results, retries, d, settled) =>
            new OutputReport(new OperatorId(op), results, retries, d, [.. settled]));

    private static readonly Gen<FailedElement> Elements = Gen.Select(Gen.String, Gen.Long, (s, n) => new FailedElement(new SourceId(s), n));

    private static readonly Gen<FailureReport> Failures =
        Gen.Select(
            Gen.Select(Gen.String, Gen.Long, Gen.Select(Gen.Long, Gen.Long, (first, last) => new NumberRange(first, last)).Array[0, 20], (s, n, r) => new FailedElements(new SourceId(s), n, [.. r])).Array[0, 3],
            Gen.Select(Gen.String, Gen.String, Gen.Long, Elements, Elements, (op, cause, count, first, latest) => new FailureCause(new OperatorId(op), cause, count, first, latest)).Array[0, 3],
            Gen.Long,
            (sources, causes, others) => new FailureReport([.. sources], [.. causes], others));

    private static ImmutableSortedDictionary<string, string> Keys(string key, string value) => ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add(key, value);

    private static SourceHealth Health(string trouble, long many, long others) =>
        new() { Condition = (SourceCondition)(many & 3), Trouble = trouble, Decoded = many, LeftOut = others, Connects = many / 2, Stalls = others / 2, TimesRepaired = many / 3, Recording = many % 2 == 0 ? null : trouble, IsTimeTold = others % 2 == 0 };

    private static readonly Gen<FragmentReport> Fragments =
        Gen.Select(
            Gen.Long,
            Gen.String,
            Gen.Select(Gen.String, Gen.Long, Gen.Long, Gen.Bool, Gen.Null(Gen.Select(Gen.String, Gen.Bool, (cause, isCrash) => new SourceFault(cause, isCrash))), Gen.Double, (s, o, d, e, f, b) => new SourceReport(new SourceId(s), o, d, e, f, b, o) { CanDrop = !e, Shed = d / 2, Waiting = (int)(o % 1000), OldestMs = b, Sampled = d / 3, CutOff = d / 4, PerSecond = b, LastMs = e ? null : o & long.MaxValue, IsPaused = e, IsRemoved = !e, Health = e ? null : Health(s, o, d), Pace = e ? null : new SourcePace(b, new TimeSpan(d)) }).Array[0, 3],
            Stages.Array[0, 4],
            Gen.Select(Gen.String, Gen.String, Gen.String, Gen.Long, Gen.Long, Gen.Long, Distributions, (f, t, w, e, b, r, d) => new LinkReport(new OperatorId(f), new OperatorId(t), new WorkerId(w), e, b, b + r, r, r / 2, d) { Delivery = new LinkDelivery(Math.Abs((double)b), r > 0, r > 0 ? Math.Abs((double)e) : null), BlockedSeconds = b / 2.0, BlockedShare = b / 3.0, OldestAgeMs = b / 7.0 }).Array[0, 3],
            Outputs.Array[0, 3],
            Failures,
            (epoch, worker, sources, stages, links, outputs, failures) =>
                new FragmentReport(epoch, new WorkerId(worker), [.. sources], [.. stages], [.. links], [.. outputs], failures) { Revision = epoch / 2, Process = new ProcessLoad(epoch / 3.0, epoch) });

    private static readonly Gen<NodeAddress> Addresses = Gen.Select(Gen.String, Gen.UShort, (host, port) => new NodeAddress(host, port));

    private static readonly Gen<NodeDescription> Descriptions =
        Gen.Select(Gen.String, Gen.Null(Gen.String), Gen.Null(Gen.String), Gen.Double, Gen.Long, Gen.Int, Gen.Null(Gen.String), Gen.Bool, (worker, tier, type, cores, memory, accelerators, profile, leads) =>
            new NodeDescription
            {
                Worker = new WorkerId(worker),
                Tier = tier is null ? null : new Tier(tier),
                AlsoServes = leads && type is not null ? [new Tier(type), new Tier(worker)] : [],
                Type = type is null ? null : new WorkerTypeId(type),
                Cores = cores,
                Speed = cores / 2,
                MemoryBytes = memory,
                Accelerators = accelerators,
                ProfileFingerprint = profile,
                ControlUrl = profile,
                IsCoordinator = leads,
                IsPlanner = !leads,
            });

    private static readonly Gen<JournalEntry> Entries = Gen.Select(Gen.Long, Gen.Long, Gen.Byte.Array[0, 50], (t, i, v) => new JournalEntry(t, i, v));

    private static readonly Gen<ClusterStatus> Statuses =
        Gen.Select(Gen.Select(Descriptions, Gen.Bool, Gen.Long, Gen.Bool, Addresses, (n, r, e, listens, a) => new ClusterMember(n, r, !r, e, listens ? a : null)).Array[0, 3], Gen.String.Array[0, 3], Gen.Null(Gen.String), Gen.Long, (members, lines, problem, n) =>
            new ClusterStatus
            {
                Coordinator = new WorkerId(lines.FirstOrDefault("a")),
                Term = n,
                Members = [.. members],
                Phase = problem ?? "running",
                RunId = lines.LastOrDefault(""),
                Epoch = n,
                Transition = problem is null ? null : new TransitionStatus { From = n, To = n + 1, Step = problem, Reason = problem, Elapsed = new TimeSpan(n), Awaited = [.. lines.Select(l => new WorkerId(l))] },
                Elapsed = new TimeSpan(n),
                Problem = problem,
                Shortfalls = [.. lines],
                History = [.. lines],
                Decisions = [.. lines.Select((line, i) => new Decision { Number = i, At = DateTimeOffset.UnixEpoch, Trigger = line, Result = "done", ElementsHeld = i })],
                EndedRunId = lines.LastOrDefault(""),
                EndedFailure = problem,
                EndedEpoch = problem is null ? null : n,
                Pins = lines.Distinct().ToImmutableSortedDictionary(l => new OperatorId(l), _ => Tier.Cloud),
                Variants = lines.Distinct().ToImmutableSortedDictionary(l => new OperatorId(l), l => l),
                Drained = [.. lines.Select(l => new WorkerId(l))],
                Added = [.. lines.Select(l => new SourceId(l))],
                Removed = [.. lines.Take(1).Select(l => new SourceId(l))],
                Paused = [.. lines.Reverse().Select(l => new SourceId(l))],
            });

    private static readonly Gen<OperatorSetting> Settings =
        Gen.Select(Gen.String, Gen.String, Gen.Int, Gen.Long, Gen.String.Array[0, 3], (o, v, b, l, r) => new OperatorSetting(new OperatorId(o), v, b, new TimeSpan(l), [.. r]));

    private static readonly Gen<CommandOutcome> Outcomes =
        Gen.Select(Gen.String.Array[4], Gen.Enum<CommandStatus>(), Gen.String.Array[0, 3], Gen.Long, Gen.Nullable(Gen.Double), (texts, status, lines, epoch, cost) => new CommandOutcome
        {
            Command = texts[0],
            Status = status,
            Message = texts[1],
            Allowed = [.. lines],
            Changes = [.. lines.Reverse()],
            Shortfalls = [.. lines],
            Epoch = epoch,
            CostBefore = cost,
            CostAfter = cost * 2,
            Currency = texts[2],
            Outputs = [.. lines.Select(l => new OutputChange(new OperatorId(l), l.Length > 3 ? l : null, cost, cost * 3, null, double.PositiveInfinity))],
        });

    private static readonly Gen<Decision> Decisions =
        Gen.Select(Gen.String.Array[3], Gen.Long[0, 1L << 40], Gen.Nullable(Gen.Double), Gen.Nullable(Gen.Long[0, 1000]), Gen.Select(Gen.String, Gen.Double, (n, v) => (n, v)).Array[0, 3], (texts, n, cost, held, named) => new Decision
        {
            Number = n,
            At = DateTimeOffset.UnixEpoch.AddTicks(n),
            Trigger = texts[0],
            Result = texts[1],
            EpochBefore = n,
            EpochAfter = n + 1,
            CostBefore = cost,
            CostAfter = cost / 2,
            Currency = texts[2],
            Measurements = [.. named.Select(m => new Measurement(m.n, m.v, m.n))],
            Candidates = [.. named.Select(m => new Candidate(m.n, m.v, m.n))],
            Steps = [.. named.Select(m => new DecisionStep(m.n, new TimeSpan(n)))],
            ElementsHeld = held,
        });

    private static readonly Gen<IControlMessage> Messages = Gen.OneOf<IControlMessage>(
        Gen.Select(Descriptions, Gen.String, Gen.String, Gen.Long, Gen.Long, Gen.Bool, Addresses, (n, f, i, l, r, listens, a) => (IControlMessage)new Announce(ControlProtocol.Version, n, f, i, l, r, listens ? a : null) { Workflow = i, IsBeside = !listens, PreparedEpoch = l }),
        Gen.Long.Select(t => (IControlMessage)new Welcome(t)),
        Gen.Select(Gen.String, Gen.Bool, (r, f) => (IControlMessage)new Refused(r, f)),
        Gen.Select(Gen.Long, Gen.String, Gen.String, Gen.Select(Gen.String, Addresses, (w, a) => new Peer(new WorkerId(w), a)).Array[0, 4], (e, f, p, peers) => (IControlMessage)new Deploy(e, f, p, [.. peers])
        {
            Added = [.. peers.Select(n => new SourceAddition(new SourceId(n.Worker.Value), Keys(f, p)))],
            Paused = [.. peers.Select(n => new SourceId(n.Worker.Value))],
            Starts = [.. peers.Select(n => new SourceStart(new SourceId(n.Worker.Value), e, e / 2))],
        }),
        Gen.Select(Gen.Long, Gen.String[1, 8].Array[0, 3], (e, o) => (IControlMessage)new Deployed(e) { Staying = [.. o.Select(x => new OperatorId(x))], Recalled = [.. o.Select(x => new SourceId(x))] }),
        Gen.Select(Gen.Long, Gen.String, (e, r) => (IControlMessage)new DeployFailed(e, r) { IsPossibleFromSnapshot = e > 0 }),
        Gen.Long.Select(e => (IControlMessage)new Start(e)),
        Gen.Select(Gen.Long, Gen.String, (e, c) => (IControlMessage)new FragmentFailed(e, c)),
        Gen.Long.Select(e => (IControlMessage)new Drain(e)),
        Gen.Long.Select(e => (IControlMessage)new Stop(e)),
        Gen.Long.Select(e => (IControlMessage)new Leaving(e)),
        Gen.Select(Gen.String, Gen.Long, (r, t) => (IControlMessage)new LeaveLater(r, new TimeSpan(t))),
        Gen.Select(Gen.Int, Gen.String, Gen.String, (v, f, r) => (IControlMessage)new Submit(v, f, r)),
        Gen.Select(Gen.String, Gen.String, (r, t) => (IControlMessage)new SubmitRefused(r, t)),
        Gen.Int.Select(v => (IControlMessage)new AskStatus(v)),
        Gen.Int.Select(v => (IControlMessage)new EndRun(v)),
        Gen.Select(Gen.Long, Gen.String, (e, t) => (IControlMessage)new PlanIs(e, t)),
        Gen.Select(Gen.Int, Gen.String, Gen.Enum<CommandKind>(), Gen.String, Gen.String, Gen.Bool, (v, id, kind, s, a, dry) => (IControlMessage)new Command(v, id, kind, s, a, dry) { Settings = Keys(s, a) }),
        Gen.Select(Gen.Long, Gen.String.Array[0, 3], (e, s) => (IControlMessage)new HoldSources(e, [.. s.Select(n => new SourceId(n))]) { Starts = [.. s.Select(n => new SourceStart(new SourceId(n), e, -e))] }),
        Gen.Select(Gen.String, Outcomes, (id, o) => (IControlMessage)new CommandIs(id, o)),
        Gen.String.Select(id => (IControlMessage)new CommandGoesOn(id)),
        Gen.Int.Select(v => (IControlMessage)new AskHistory(v)),
        Decisions.Array[0, 3].Select(d => (IControlMessage)new HistoryIs([.. d])),
        Gen.Select(Gen.Long, Gen.String, (t, c) => (IControlMessage)new Prepare(t, c)),
        Gen.Select(Gen.String, Gen.Long, Entries, (w, t, e) => (IControlMessage)new Promise(new WorkerId(w), w, t, e)),
        Gen.Select(Gen.String, Entries, (c, e) => (IControlMessage)new Accept(c, e)),
        Gen.Select(Gen.String, Gen.Long, Gen.Long, (w, t, i) => (IControlMessage)new Accepted(new WorkerId(w), w, t, i)),
        Gen.Select(Gen.String, Gen.Long, Gen.Long, (w, t, p) => (IControlMessage)new Overruled(new WorkerId(w), t, p)),
        Gen.Select(Gen.Long, Gen.Long, Settings.Array[0, 3], Gen.Select(Gen.String, Gen.Double[0, 1e6], (s, r) => new SourceLimit(new SourceId(s), r)).Array[0, 3], (e, r, o, l) => (IControlMessage)new Adjust(new Adjustment(e, r, [.. o], [.. l]))),
        Gen.Select(Gen.Long, Gen.Long, Gen.Select(Gen.String, Gen.String, Gen.Null(Gen.String), Gen.Long, (o, v, p, t) => new AdjustOutcome(new OperatorId(o), v, p, new TimeSpan(t))).Array[0, 3], (e, r, o) => (IControlMessage)new Adjusted(e, r, [.. o])),
        Gen.Select(Gen.String, Gen.Bool, Entries, (w, p, e) => (IControlMessage)new For(w, new Accept(w, e)) { IsPreference = p }),
        Gen.String.Select(r => (IControlMessage)new WorkflowUnknown(r)),
        Gen.Int.Select(v => (IControlMessage)new AskWorkflows(v)),
        Gen.Select(Gen.String, Gen.String, Gen.Long, Gen.Nullable(Gen.Double), (n, f, e, c) => new WorkflowStatus { Name = n, Fingerprint = f, Phase = n, Epoch = e, CostPerHour = c, Currency = f, Nodes = [new WorkerId(n)] }).Array[0, 3]
            .Select(w => (IControlMessage)new WorkflowsAre([.. w])),
        Gen.Long.Select(e => (IControlMessage)new Stopped(e)));

    [Fact]
    public void Question_for_a_plan_and_its_answer_written_and_read_are_the_same() =>
        Gen.Select(Descriptions.Array[0, 3], Gen.String, Gen.Bool, Gen.Double, Gen.Long, (members, text, flag, cores, bytes) => (members, text, flag, cores, bytes)).Sample(
            g =>
            {
                var op = new OperatorId(g.text);
                var request = new ClusterPlanRequest([.. g.members], g.flag)
                {
                    Pins = ImmutableSortedDictionary<OperatorId, Tier>.Empty.Add(op, Tier.Cloud),
                    Variants = ImmutableSortedDictionary<OperatorId, string>.Empty.Add(op, g.text),
                    Drained = [new WorkerId(g.text)],
                    IsDryRun = !g.flag,
                    InForce = g.flag ? ClusterFixture.PlanOfAll() : null,
                    PaidByOthers = [new WorkerId(g.text)],
                    Taken = ImmutableSortedDictionary<WorkerId, MachineShare>.Empty.Add(new WorkerId(g.text), new MachineShare(g.cores, g.bytes)),
                    Added = [new SourceAddition(new SourceId(g.text), Keys("uri", g.text))],
                    Removed = [new SourceId(g.text)],
                    Replan = g.flag ? Asked(op, g.text, g.cores, g.bytes) : null,
                    Known = g.flag ? null : Asked(op, g.text, g.cores, g.bytes),
                };
                var decision = new ReplanDecision
                {
                    Proposed = request.InForce,
                    Reason = g.text,
                    Holds = g.flag,
                    CostPerHour = g.cores,
                    OtherCostPerHour = g.flag ? g.cores : null,
                    MovesPerHour = 1,
                    NetworkPerHour = 2,
                    OtherNetworkPerHour = g.flag ? null : 3,
                    Drift = request.Replan?.State.Drift ?? [],
                };
                var answer = new ClusterPlan { Plan = request.InForce, Reasons = [g.text], Shortfalls = [g.text, ""], Decision = g.cores > 0 ? decision : null };
                var names = new CommandNames
                {
                    Pinnable = ImmutableSortedDictionary<OperatorId, Tier?>.Empty.Add(op, g.flag ? Tier.Edge : null),
                    Variants = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty.Add(op, [g.text, "a"]),
                    Tiers = [Tier.Edge],
                    Inputs = [op],
                    Configured = [new SourceId(g.text)],
                };

                var read = ((AskPlan)MessageFormat.Read(MessageFormat.Write(new AskPlan(g.text, request)), "ask-plan")).Request;
                var readAnswer = ((PlanAnswer)MessageFormat.Read(MessageFormat.Write(new PlanAnswer(g.text, answer)), "plan-answer")).Answer;
                var readNames = ((NamesAre)MessageFormat.Read(MessageFormat.Write(new NamesAre(names)), "names")).Names;

                Assert.Equal(request.Members.ToArray(), read.Members.ToArray());
                Assert.Equal((request.IsFirst, request.IsDryRun, request.InForce), (read.IsFirst, read.IsDryRun, read.InForce));
                Assert.Equal((request.Pins.Single(), request.Variants.Single(), request.Drained.Single(), request.Taken.Single()), (read.Pins.Single(), read.Variants.Single(), read.Drained.Single(), read.Taken.Single()));
                Assert.Equal((request.Added.Single(), request.Removed.Single()), (read.Added.Single(), read.Removed.Single()));
                Assert.Equal(answer.Plan, readAnswer.Plan);
                Assert.Equal(answer.Decision is null ? null : decision with { Drift = [] }, readAnswer.Decision is null ? null : readAnswer.Decision with { Drift = [] });
                Assert.Equal(answer.Decision?.Drift.ToArray(), readAnswer.Decision?.Drift.ToArray());
                AssertSame(request.Replan, read.Replan);
                AssertSame(request.Known, read.Known);
                Assert.Equal([.. answer.Reasons, .. answer.Shortfalls], readAnswer.Reasons.Concat(readAnswer.Shortfalls));
                Assert.Equal(names.Pinnable.Single(), readNames.Pinnable.Single());
                Assert.Equal(names.Variants.Single().Value.ToArray(), readNames.Variants[op].ToArray());
                Assert.Equal(names.Tiers.ToArray(), readNames.Tiers.ToArray());
                Assert.Equal((op, names.Configured.Single()), (readNames.Inputs.Single(), readNames.Configured.Single()));
            },
            seed: "0N0XIzNsQ0O2",
            iter: 200,
            threads: 1);

    private static ReplanQuestion Asked(OperatorId op, string text, double number, long bytes) => new(
        new ReplanState
        {
            Rates = ImmutableSortedDictionary<SourceId, RateForecast>.Empty.Add(new SourceId(text), new RateForecast(number, 2, TimeSpan.FromSeconds(3))),
            Drift = ImmutableDictionary<(OperatorId, string), double>.Empty.Add((op, text), number),
            RoundTrips = ImmutableDictionary<(Tier, Tier), TimeSpan>.Empty.Add((Tier.Edge, Tier.Cloud), TimeSpan.FromSeconds(4)),
            Bandwidths = ImmutableDictionary<(Tier, Tier), MeasuredBandwidth>.Empty.Add((Tier.Edge, Tier.Cloud), new MeasuredBandwidth(number, TimeSpan.FromSeconds(13))),
            MeasuredAt = TimeSpan.FromSeconds(5),
            PlannedAt = TimeSpan.FromSeconds(6),
            ChangedAt = TimeSpan.FromSeconds(7),
        },
        [new MeasuredRun(op, text, new WorkerId(text), number, 8)],
        TimeSpan.FromSeconds(9),
        new ReplanOptions { Every = TimeSpan.FromSeconds(10), CoolDown = TimeSpan.Zero, LeastGain = 0.1, Ahead = TimeSpan.FromSeconds(11), MoveShare = 0.2, LeastRoundTripChange = 12, BandwidthFor = TimeSpan.FromSeconds(14) })
    {
        Nodes = [new MeasuredNode(new WorkerId(text), 0.5, bytes)],
        HeldBack = [new HeldBack(text, 0.4)],
        Oldest = bytes % 3 == 0 ? null : new MeasuredAge(text, TimeSpan.FromSeconds(1), op, TimeSpan.FromSeconds(2)),
        Bottleneck = bytes % 2 == 0 ? null : new Bottleneck(text, bytes > 0, bytes > 5 ? null : number, new HeldBack(text, 0.6)),
    };

    private static void AssertSame(ReplanQuestion? expected, ReplanQuestion? read)
    {
        Assert.Equal((expected?.Now, expected?.Options), (read?.Now, read?.Options));
        Assert.Equal(expected?.Runs.ToArray(), read?.Runs.ToArray());
        Assert.Equal(expected?.Nodes.ToArray(), read?.Nodes.ToArray());
        Assert.Equal(expected?.HeldBack.ToArray(), read?.HeldBack.ToArray());
        Assert.Equal((expected?.Bottleneck, expected?.Oldest), (read?.Bottleneck, read?.Oldest));
        Assert.Equal(expected?.State.Rates.ToArray(), read?.State.Rates.ToArray());
        Assert.Equal(expected?.State.Drift.ToArray(), read?.State.Drift.ToArray());
        Assert.Equal(expected?.State.RoundTrips.ToArray(), read?.State.RoundTrips.ToArray());
        Assert.Equal(expected?.State.Bandwidths.ToArray(), read?.State.Bandwidths.ToArray());
        Assert.Equal(
            (expected?.State.MeasuredAt, expected?.State.ServicesAt, expected?.State.PlannedAt, expected?.State.ChangedAt),
            (read?.State.MeasuredAt, read?.State.ServicesAt, read?.State.PlannedAt, read?.State.ChangedAt));
    }

    [Fact]
    public void Message_written_and_read_is_the_same() =>
        Messages.Sample(m => Assert.Equal(m, MessageFormat.Read(MessageFormat.Write(m), MessageFormat.ManifestOf(m))), seed: "0N0XIzNsQ0O2", iter: 2_000, threads: 1);

    [Fact]
    public void Report_written_and_read_is_the_same() =>
        Fragments.Sample(
            f =>
            {
                var read = ((Report)MessageFormat.Read(MessageFormat.Write(new Report(f)), "report")).Fragment;
                var last = MessageFormat.Write(new FragmentCompleted(f));
                Assert.Equal(last, MessageFormat.Write(MessageFormat.Read(last, "fragment-completed")));

                Assert.Equal((f.Epoch, f.Worker), (read.Epoch, read.Worker));
                Assert.Equal(f.Sources.ToArray(), read.Sources.ToArray());
                Assert.Equal(f.Stages.ToArray(), read.Stages.ToArray());
                Assert.Equal(f.Links.ToArray(), read.Links.ToArray());
                Assert.Equal(f.Failures.OfOtherCauses, read.Failures.OfOtherCauses);
                Assert.Equal(f.Failures.Causes.ToArray(), read.Failures.Causes.ToArray());
                Assert.Equal(f.Failures.Sources.Length, read.Failures.Sources.Length);
                Assert.All(f.Failures.Sources.Zip(read.Failures.Sources), s =>
                {
                    Assert.Equal(s.First with { Latest = [] }, s.Second with { Latest = [] });
                    Assert.Equal(s.First.Latest.ToArray(), s.Second.Latest.ToArray());
                });
                Assert.Equal(f.Outputs.Length, read.Outputs.Length);
                Assert.All(f.Outputs.Zip(read.Outputs), o =>
                {
                    Assert.Equal(o.First with { Settled = [] }, o.Second with { Settled = [] });
                    Assert.Equal(o.First.Settled.ToArray(), o.Second.Settled.ToArray());
                });
            },
            seed: "0N0XIzNsQ0O2",
            iter: 500,
            threads: 1);

    [Fact]
    public void Status_written_and_read_is_the_same() =>
        Statuses.Sample(
            s =>
            {
                var read = (StatusIs)MessageFormat.Read(MessageFormat.Write(new StatusIs(s, 3)), "status");

                Assert.Equal(3, read.Reports);
                Assert.Equal(s.Members.ToArray(), read.Status.Members.ToArray());
                Assert.Equal(s.Shortfalls.ToArray(), read.Status.Shortfalls.ToArray());
                Assert.Equal(s.History.ToArray(), read.Status.History.ToArray());
                Assert.Equal(s.Pins.ToArray(), read.Status.Pins.ToArray());
                Assert.Equal(s.Variants.ToArray(), read.Status.Variants.ToArray());
                Assert.Equal(s.Drained.ToArray(), read.Status.Drained.ToArray());
                Assert.Equal(s.Decisions.ToArray(), read.Status.Decisions.ToArray());
                Assert.Equal([.. s.Added, .. s.Removed, .. s.Paused], (SourceId[])[.. read.Status.Added, .. read.Status.Removed, .. read.Status.Paused]);
                Assert.Equal(s.Transition?.Awaited.ToArray(), read.Status.Transition?.Awaited.ToArray());
                Assert.Equal(Bare(s), Bare(read.Status));

                ClusterStatus Bare(ClusterStatus status) =>
                    status with { Members = [], Shortfalls = [], History = [], Decisions = [], Drained = [], Added = [], Removed = [], Paused = [], Gaps = [], Past = [], Pins = s.Pins, Variants = s.Variants, Fragments = s.Fragments, Transition = status.Transition is { } t ? t with { Awaited = [] } : null };
            },
            seed: "0N0XIzNsQ0O2",
            iter: 500,
            threads: 1);

    [Fact]
    public void Random_bytes_are_refused_and_nothing_else() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, Manifests.Length - 1]).Sample(
            (bytes, manifest) => ReadsOrRefuses(bytes, Manifests[manifest]),
            seed: "0N0XIzNsQ0O2",
            iter: 50_000,
            threads: 1);

    [Fact]
    public void Damaged_messages_are_refused_or_read_and_nothing_else() =>
        Gen.Select(Messages, Fragments, Gen.Bool, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 10_000]).Sample(
            (message, fragment, isReport, at, value, cut) =>
            {
                IControlMessage whole = isReport ? new Report(fragment) : message;
                var bytes = MessageFormat.Write(whole);
                bytes[at % bytes.Length] = value;
                ReadsOrRefuses(bytes[..(bytes.Length - (cut % bytes.Length))], MessageFormat.ManifestOf(whole));
            },
            seed: "0N0XIzNsQ0O2",
            iter: 20_000,
            threads: 1);

    [Fact]
    public void History_that_does_not_fit_into_a_message_is_told_from_its_end()
    {
        var decisions = Enumerable.Range(1, 100).Select(n => new Decision { Number = n, At = DateTimeOffset.UnixEpoch, Trigger = new string('t', ControlProtocol.MaxLine), Result = new string('r', ControlProtocol.MaxLine) });

        var told = DecisionFormat.Latest([.. decisions]);

        Assert.InRange(told.Decisions.Length, 40, 60);
        Assert.Equal(100, told.Decisions[^1].Number);
        Assert.Equal(told, MessageFormat.Read(MessageFormat.Write(told), "history"));
    }

    [Fact]
    public void Orders_of_a_journal_that_knew_none_are_none_and_long_answers_are_cut()
    {
        var many = Enumerable.Range(0, 100).Select(n => new AnsweredCommand($"{n}", n, new CommandOutcome { Command = "pin", Status = CommandStatus.Done, Message = new string('m', 4_000), Changes = ["a"] }));
        var record = new RunRecord { RunId = "run", Orders = many.Aggregate(Orders.None with { Drained = [new WorkerId("a")] }, (orders, answered) => orders.With(answered)) };

        var bytes = record.ToBytes();
        var before = Wire.Write(record, static (ref MessagePack.MessagePackWriter writer, RunRecord r) =>
        {
            writer.WriteArrayHeader(8);
            writer.Write(7);
            writer.Write(r.RunId);
            writer.Write("");
            writer.Write(false);
            writer.WriteArrayHeader(0);
            writer.Write("");
            writer.WriteNil();
            writer.WriteNil();
        });

        Assert.InRange(bytes.Length, 1, 8_000);
        Assert.Equal((99L, 1), (RunRecord.FromBytes(bytes).Orders.Answered[^1].Epoch, RunRecord.FromBytes(bytes).Orders.Drained.Count));
        Assert.Equal((7L, Orders.None), (RunRecord.FromBytes(before).Epoch, RunRecord.FromBytes(before).Orders));
    }

    [Fact]
    public void Fields_of_a_later_build_are_skipped()
    {
        // An array of 3 where 1 field is known: [7, "later", [nil]].
        byte[] bytes = [0x93, 0x07, 0xa5, .. "later"u8, 0x91, 0xc0];

        Assert.Equal(new Start(7), MessageFormat.Read(bytes, "start"));
    }

    [Fact]
    public void Announcement_of_another_version_is_read_as_far_as_needed_to_refuse_it()
    {
        // [127, "edge-1", "f00d"] and whatever version 127 has.
        byte[] bytes = [0x95, 0x7f, 0xa6, .. "edge-1"u8, 0xa4, .. "f00d"u8, 0xc3, 0x80];

        var read = Assert.IsType<Announce>(MessageFormat.Read(bytes, "announce"));
        Assert.Equal((127, "edge-1", "f00d"), (read.ProtocolVersion, read.Worker.Value, read.Fingerprint));
    }

    [Fact]
    public void Too_large_a_message_is_refused_on_both_sides()
    {
        var large = new string('x', ControlProtocol.MaxBytes);

        Assert.Throws<SerializationException>(() => MessageFormat.Write(new Refused(large, true)));
        Assert.Throws<SerializationException>(() => MessageFormat.Read(new byte[ControlProtocol.MaxBytes + 1], "refused"));
    }

    [Fact]
    public async Task Types_that_are_not_control_messages_cross_in_neither_direction()
    {
        using var system = ActorSystem.Create("test", ControlSettings.For(ClusterFixture.Nodes[0], new NodeEnvironment { Loggers = new ListLoggers() }));
        var serialization = system.Serialization;
        var json = """{"$type":"System.IO.FileInfo, System.Private.CoreLib","fileName":"/tmp/x"}"""u8.ToArray();

        Assert.Throws<SerializationException>(() => serialization.Serialize(new Uri("http://localhost")));
        Assert.Throws<SerializationException>(() => serialization.Deserialize(json, 1, "System.IO.FileInfo, System.Private.CoreLib"));
        Assert.Equal(new Start(3), serialization.Deserialize(serialization.Serialize(new Start(3)), ControlSerializer.Id, "start"));

        await system.Terminate().WaitAsync(ClusterFixture.Deadline);
    }

    [Fact]
    public void Users_settings_cannot_open_the_node()
    {
        var options = new LocalClusterOptions
        {
            ControlSettings = """
                akka.remote.dot-netty.tcp.hostname = "0.0.0.0"
                akka.actor.serializers.json = "Akka.Serialization.NewtonSoftJsonSerializer, Akka"
                akka.cluster.roles = ["root"]
                akka.cluster.gossip-interval = 321ms
                """,
        };

        var settings = ControlSettings.For(ClusterFixture.Nodes[0], new NodeEnvironment { Loggers = new ListLoggers(), Options = options });

        Assert.Equal("127.0.0.1", settings.GetString("akka.remote.dot-netty.tcp.hostname"));
        Assert.Contains("RefusingSerializer", settings.GetString("akka.actor.serializers.json"), StringComparison.Ordinal);
        Assert.Equal(["cloud", "coordinator"], settings.GetStringList("akka.cluster.roles"));
        Assert.Equal(TimeSpan.FromMilliseconds(321), settings.GetTimeSpan("akka.cluster.gossip-interval"));
    }

    private static void ReadsOrRefuses(byte[] bytes, string manifest)
    {
        try
        {
            _ = MessageFormat.Read(bytes, manifest);
        }
        catch (SerializationException)
        {
            // The only error allowed.
        }
    }
}
