using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

public sealed class ReplanDeskTests
{
    private static readonly WorkerId Edge = new("edge-1");
    private static readonly WorkerId Cloud = new("cloud-1");

    [Fact]
    public void Less_arrives_it_is_asked_once_the_plan_has_had_its_time_with_what_was_measured()
    {
        var walk = new Walk();

        walk.Run(TimeSpan.FromSeconds(100), perSecond: 3);

        var (at, due) = walk.Dues[0];
        Assert.InRange(at, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(66));
        Assert.Contains("0.30 times the planned rates arrive", due.Trigger, StringComparison.Ordinal);
        Assert.InRange(due.Question.State.Rates[LadderPlans.Camera].Level, 2.9, 3.1);
        Assert.Equal(new MeasuredRun(LadderPlans.Detector, "v0", Edge, 2, 40), due.Question.Runs.Single() with { MeanMs = Math.Round(due.Question.Runs.Single().MeanMs, 6) });
        Assert.Equal((Tier.Edge, Tier.Cloud, 30), due.Question.State.RoundTrips.Select(l => (l.Key.From, l.Key.To, (int)Math.Round(l.Value.TotalMilliseconds))).Single());
        Assert.Equal(0.25, due.Question.Nodes.Single(n => n.Worker == Edge).CpuShare, 6);
        Assert.Equal(2, walk.Dues.Count);
    }

    [Fact]
    public void Much_more_arrives_it_is_asked_at_once_and_again_only_if_it_is_still_more()
    {
        var walk = new Walk();

        walk.Run(TimeSpan.FromSeconds(12), perSecond: 10);
        walk.Run(TimeSpan.FromSeconds(48), perSecond: 30);

        Assert.InRange(walk.Dues[0].At, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        Assert.InRange(walk.Dues.Count, 2, 3);
        Assert.All(walk.Dues.Zip(walk.Dues.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Line_that_is_full_tells_what_it_can_carry_and_what_was_seen_stays_when_less_is_sent()
    {
        var walk = new Walk { Delivery = new LinkDelivery(9e5, IsFull: true, 1e6) };
        walk.Run(TimeSpan.FromSeconds(70), perSecond: 3);
        var full = walk.Dues[^1].Due.Question.State.Bandwidths;

        walk.Delivery = new LinkDelivery(1e3, IsFull: false, 1e6);
        walk.Run(TimeSpan.FromSeconds(60), perSecond: 3);

        Assert.Equal((Tier.Edge, Tier.Cloud, 1e6), full.Select(b => (b.Key.From, b.Key.To, b.Value.BytesPerSecond)).Single());
        Assert.Equal(1e6, walk.Dues[^1].Due.Question.State.Bandwidths.Single().Value.BytesPerSecond);
    }

    [Fact]
    public void Line_that_was_never_full_tells_nothing_of_what_it_can_carry()
    {
        var walk = new Walk { Delivery = new LinkDelivery(9e5, IsFull: false, null) };

        walk.Run(TimeSpan.FromSeconds(70), perSecond: 3);

        Assert.Empty(walk.Dues[^1].Due.Question.State.Bandwidths);
    }

    [Fact]
    public void What_waits_for_a_full_line_is_told_with_the_line()
    {
        var walk = new Walk { Delivery = new LinkDelivery(9e5, IsFull: true, 1e6), Blocked = 0.8 };

        walk.Run(TimeSpan.FromSeconds(70), perSecond: 3);

        var asked = walk.Dues[^1].Due.Question;
        Assert.True(asked.Bottleneck is { IsLine: true, Before.Share: > 0.79 and < 0.81 });
        Assert.Equal(["the line from edge-1 to cloud-1 (detector to tracker)", "detector on edge-1"], asked.HeldBack.Select(h => h.Place));
    }

    [Fact]
    public void Element_that_still_waits_has_used_up_most_of_its_time_it_is_asked_at_once_and_again_only_if_it_gets_worse()
    {
        var walk = new Walk { AskedP99 = TimeSpan.FromMilliseconds(500) };
        walk.Run(TimeSpan.FromSeconds(12), perSecond: 10);

        walk.Age = TimeSpan.FromMilliseconds(450);
        walk.Run(TimeSpan.FromSeconds(33), perSecond: 10);
        var first = walk.Dues.ToList();
        walk.Age = TimeSpan.FromMilliseconds(900);
        walk.Run(TimeSpan.FromSeconds(14), perSecond: 10);

        Assert.InRange(first.Single().At, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        Assert.Equal("An element waits for detector on edge-1 that was let in 450 ms ago; results of 'out' may take 500 ms.", first[0].Due.Trigger);
        Assert.Equal(0.9, first[0].Due.Question.Oldest!.Share, 9);
        Assert.Contains("900 ms ago", walk.Dues[1].Due.Trigger, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_wait_within_what_is_asked_for_nothing_presses()
    {
        var walk = new Walk { AskedP99 = TimeSpan.FromMilliseconds(500), Age = TimeSpan.FromMilliseconds(350) };

        walk.Run(TimeSpan.FromSeconds(58), perSecond: 10);

        Assert.Empty(walk.Dues);
    }

    [Fact]
    public void Line_becomes_full_with_less_than_the_plan_sends_it_is_asked_at_once()
    {
        var walk = new Walk { Delivery = new LinkDelivery(2e6, IsFull: false, null), SentPerSecond = 2e6 };
        walk.Run(TimeSpan.FromSeconds(20), perSecond: 10);

        walk.Delivery = new LinkDelivery(5e5, IsFull: true, 5e5);
        walk.Run(TimeSpan.FromSeconds(35), perSecond: 10);

        var (at, due) = walk.Dues.Single();
        Assert.InRange(at, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(35));
        Assert.Equal("The line from edge to cloud is full and carries 0.5 MB/s, where 2 are needed.", due.Trigger);
        Assert.Equal(5e5, due.Question.State.Bandwidths.Single().Value.BytesPerSecond);
    }

    [Fact]
    public void Line_that_is_full_and_yet_carries_what_the_plan_sends_is_no_reason_to_ask()
    {
        var walk = new Walk { Delivery = new LinkDelivery(2e6, IsFull: true, 2e6), SentPerSecond = 2e6 };

        walk.Run(TimeSpan.FromSeconds(58), perSecond: 10);

        Assert.Empty(walk.Dues);
    }

    [Fact]
    public void Sources_that_wait_tell_nothing_and_nothing_is_asked()
    {
        var walk = new Walk { CanDrop = false };

        walk.Run(TimeSpan.FromMinutes(3), perSecond: 3);

        Assert.Empty(walk.Dues);
    }

    [Fact]
    public void What_was_learnt_of_service_times_goes_into_the_next_question()
    {
        var walk = new Walk();
        walk.Run(TimeSpan.FromSeconds(70), perSecond: 3);

        walk.Desk.Answered(new ReplanDecision { Reason = "", Holds = true, CostPerHour = 1, Drift = walk.Dues[0].Due.Question.State.Drift.Add((LadderPlans.Detector, "v0"), 1.5) }, TimeSpan.FromSeconds(70));
        walk.Run(TimeSpan.FromSeconds(40), perSecond: 3);

        Assert.Equal(1.5, walk.Dues[^1].Due.Question.State.Drift[(LadderPlans.Detector, "v0")]);
    }

    [Fact]
    public void Another_run_begins_nothing_is_known_of_it_while_it_is_planned_nor_later_than_it_was_measured()
    {
        var walk = new Walk();
        walk.Run(TimeSpan.FromSeconds(30), perSecond: 30);
        Assert.NotNull(walk.Desk.Known(TimeSpan.FromSeconds(30)));

        walk.Begin("next", RunPhase.Planning);
        walk.Run(TimeSpan.FromSeconds(10), perSecond: 3);
        var planned = walk.Desk.Known(TimeSpan.FromSeconds(40));
        walk.Begin("next", RunPhase.Running);
        walk.Run(TimeSpan.FromSeconds(100), perSecond: 3);

        Assert.Null(planned);
        Assert.InRange(walk.Dues[^1].Due.Question.State.Rates[LadderPlans.Camera].Level, 2.9, 3.1);
    }

    /// <summary>A run on two nodes that report twice a second, in virtual time.</summary>
    private sealed class Walk
    {
        private static readonly TimeSpan Half = TimeSpan.FromSeconds(0.5);

        private RunState _run;
        private double _offered;
        private TimeSpan _now;

        public Walk()
        {
            var plan = LadderPlans.Of(1, 2);
            _run = new RunState
            {
                Phase = RunPhase.Running,
                Nodes = new RunState().Nodes.Add(Edge, Node("edge-1", Tier.Edge)).Add(Cloud, Node("cloud-1", Tier.Cloud)),
                Run = new Run { Id = "run", IsPlannedHere = true, Epoch = plan.Epoch, Plan = plan },
            };
        }

        public bool CanDrop { get; init; } = true;

        public LinkDelivery Delivery { get; set; }

        /// <summary>How long ago the element was let in that waits for the detector.</summary>
        public TimeSpan Age { get; set; }

        /// <summary>What results may take.</summary>
        public TimeSpan AskedP99
        {
            init => Change(plan => plan with
            {
                Routes = [.. plan.Routes, Route("out", Edge, 0)],
                Outputs = [new OutputPrediction { Output = new OperatorId("out"), Rate = 1, P99Ms = 100, MostP99Ms = value.TotalMilliseconds }],
            });
        }

        /// <summary>What the plan sends over the link.</summary>
        public double SentPerSecond
        {
            init => Change(plan => plan with { Routes = [.. plan.Routes, Route("tracker", Cloud, value)] });
        }

        /// <summary>The part of its time in which the link waits for room; the detector waits for that nine tenths as long.</summary>
        public double Blocked { get; set; }

        public ReplanDesk Desk { get; } = new(new ReplanOptions());

        public List<(TimeSpan At, RunEvent.ReplanDue Due)> Dues { get; } = [];

        public void Begin(string runId, RunPhase phase) => _run = _run with { Phase = phase, Run = _run.Run! with { Id = runId } };

        public void Run(TimeSpan length, double perSecond)
        {
            for (var end = _now + length; _now < end; _now += Half)
            {
                if (Desk.Tick(_run, _now) is { } due)
                {
                    Dues.Add((_now, due));
                }

                _offered += perSecond * Half.TotalSeconds;
                Desk.Heard(Report(), _now);
            }
        }

        // Batches of two, 40 ms each; half a core of two.
        private FragmentReport Report()
        {
            var elements = (long)_offered;
            return new FragmentReport(
                7,
                Edge,
                [new SourceReport(LadderPlans.Camera, elements, 0, false, null, 0, 0) { CanDrop = CanDrop }],
                [new StageReport(LadderPlans.Detector, "v0", 2 * elements, elements, 0, 0, 0, elements, 0.04 * elements, Distribution.Empty, Distribution.Empty, Distribution.Empty) { OldestAgeMs = Age.TotalMilliseconds, BlockedSeconds = 0.9 * Blocked * _now.TotalSeconds }],
                [new LinkReport(LadderPlans.Detector, new OperatorId("tracker"), Cloud, 0, 0, 0, 0, 0, new Distribution(elements, 30, 30, 30, 30, 30)) { Delivery = Delivery, BlockedSeconds = Blocked * _now.TotalSeconds }],
                [],
                FailureReport.None)
            { Process = new ProcessLoad(0.5 * _now.TotalSeconds, 1 << 20) };
        }

        private void Change(Func<Plan, Plan> change) => _run = _run with { Run = _run.Run! with { Plan = change(_run.Run.Plan!) } };

        private static PlannedRoute Route(string to, WorkerId worker, double bytesPerSecond) =>
            new() { From = LadderPlans.Detector, To = new OperatorId(to), FromWorker = Edge, ToWorker = worker, Rate = 10, BytesPerSecond = bytesPerSecond };

        private static KnownNode Node(string name, Tier tier) =>
            new(new Announce(ControlProtocol.Version, ClusterFixture.Node(name, tier) with { Cores = 2 }, ClusterFixture.Fingerprint, "one", 0, 7, null), IsReachable: true);
    }
}
