using System.Collections.Immutable;
using JellyBean.Hosting.Clusters;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Tests.Clusters;

/// <summary>What the command line says of a cluster.</summary>
public sealed class ClusterTextTests
{
    [Fact]
    public void Decisions_are_told_with_the_command_or_the_sentence_that_began_them()
    {
        var text = Written(Status() with { Decisions = [Decided(1, "pin detector mars", "There is no tier 'mars'."), Decided(2, "Node 'edge-2' has joined.", "Epoch 2 is in force.")] });

        Assert.EndsWith("Decision 1: pin detector mars: There is no tier 'mars'.\nDecision 2: Node 'edge-2' has joined. Epoch 2 is in force.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Last_run_has_failed_is_told_until_another_runs()
    {
        var idle = Status() with { Phase = "idle", EndedRunId = "first", EndedFailure = "Camera 'yard' is gone." };

        Assert.Contains("The last run has failed. Camera 'yard' is gone.\n", Written(idle), StringComparison.Ordinal);
        Assert.DoesNotContain("failed", Written(idle with { Phase = "running", RunId = "second" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "there")]
    [InlineData(true, true, "leaving")]
    [InlineData(false, true, "left")]
    [InlineData(false, false, "lost")]
    public void Node_that_left_in_order_is_told_from_one_that_was_lost(bool isReachable, bool isLeaving, string state)
    {
        var member = new ClusterMember(new NodeDescription { Worker = new WorkerId("edge-1"), Tier = Tier.Edge, Cores = 1, MemoryBytes = 1 }, isReachable, isLeaving, 0, null);

        Assert.Contains($" {state} ", Written(Status() with { Members = [member] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Latency_that_was_never_measured_is_not_zero()
    {
        var text = Written(Status() with
        {
            Fragments = [new FragmentReport(1, new WorkerId("cloud-1"), [], [], [], [Output("counts", new Distribution(3, 5, 4, 6, 8, 8)), Output("tracks", Distribution.Empty)], FailureReport.None)],
        });

        Assert.EndsWith("counts: 3 results, p50 4 ms, p99 8 ms\ntracks: 0 results, p50 -, p99 -\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_that_wait_and_models_that_are_watched_have_a_line_each()
    {
        static StageReport Stage(string op, string? variant, double blocked) =>
            new(new OperatorId(op), variant, 0, 0, 0, 0, 0, 0, 0, Distribution.Empty, Distribution.Empty, Distribution.Empty) { BlockedShare = blocked };

        var text = Written(Status() with
        {
            Fragments =
            [
                new FragmentReport(
                    1,
                    new WorkerId("edge-1"),
                    [],
                    [Stage("cameras", null, 0.43), Stage("detector", "small", 0.05) with { Proxy = new ProxyReport("mean-score", 300, 2, 0.614, 0.12, 0.65, null, 0.1) }],
                    [new LinkReport(new("detector"), new("tracker"), new("cloud-1"), 0, 0, 0, 0, 0, new Distribution(3, 2, 2, 2, 2, 2)) { BlockedShare = 0.8 }],
                    [],
                    FailureReport.None),
            ],
        });

        Assert.Contains("cameras on edge-1 waits for what follows it 43 % of its time\n", text, StringComparison.Ordinal);
        Assert.Contains("detector (small) on edge-1: mean-score 0.614 ± 0.12 (began with 0.65), 300 answers, 2 without\n", text, StringComparison.Ordinal);
        Assert.Contains("round trip 2 ms, no room for elements 80 % of its time\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_decided_by_hand_is_told_with_how_to_take_it_back()
    {
        var text = Written(Status() with
        {
            Pins = ImmutableSortedDictionary<OperatorId, Tier>.Empty.Add(new("detector"), Tier.Cloud),
            Variants = ImmutableSortedDictionary<OperatorId, string>.Empty.Add(new("detector"), "small"),
        });

        Assert.Contains(
            "Pinned by hand, for later runs too: detector on cloud (unpin OPERATOR lets go).\nChosen by hand, for later runs too: small for detector (swap OPERATOR any lets the planner choose again).\n",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Live_source_is_told_with_what_it_has_been_through_and_whose_clock_its_times_are_of()
    {
        var gate = new SourceReport(SourceId.Of("cameras", "gate"), 10, 0, false, null, 0, 0)
        {
            IsLive = true,
            Health = new SourceHealth { Decoded = 12, LeftOut = 2, Connects = 3, IsTimeTold = true },
            CaptureMs = new Distribution(10, 30, 20, 40, 50, 60),
        };

        var text = Written(Status() with { Fragments = [new FragmentReport(1, new WorkerId("edge-1"), [gate], [], [], [], FailureReport.None)] });

        Assert.Contains("12 frames decoded, 2 left out by its settings; connected 3 times", text, StringComparison.Ordinal);
        Assert.Contains("by its own clock", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, null, "20.0")]
    [InlineData(2, null, "-")]
    [InlineData(2, 9.0, "-")]
    [InlineData(2, 6.0, "25.0")]
    public void Run_is_held_against_its_last_plan_by_what_nodes_counted_under_it(int plans, double? beganAt, string rate)
    {
        var plan = new Plan
        {
            Epoch = 3,
            Workflow = "counting",
            WorkflowFingerprint = "cafe",
            Sources = [new PlannedSource { Source = SourceId.Of("frames", "gate"), Input = new("frames"), Worker = new("edge-1"), Rate = 25 }],
            Placements = [],
            Routes = [],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
            Outputs = [new OutputPrediction { Output = new("counts"), Rate = 25, P99Ms = 40 }],
        };
        var status = Status() with
        {
            Epoch = 3,
            Elapsed = TimeSpan.FromSeconds(10),
            Fragments = [new FragmentReport(3, new WorkerId("edge-1"), [], [], [], [Output("counts", new Distribution(200, 5, 4, 6, 8, 8))], FailureReport.None)],
        };
        using var writer = new StringWriter();

        var begin = beganAt is { } at
            ? status with { Elapsed = TimeSpan.FromSeconds(at), Fragments = [status.Fragments[0] with { Outputs = [Output("counts", new Distribution(100, 5, 4, 6, 8, 8))] }] }
            : null;

        ClusterPlanTruth.Write(status, [.. Enumerable.Repeat(plan, plans)], begin, "frames", writer);

        Assert.Matches($@"results/s +counts +25\.0 +{rate}\s", writer.ToString());
        Assert.Equal(rate == "-", writer.ToString().Contains("-: nodes count", StringComparison.Ordinal));
        Assert.Matches(@"p99 +counts +at most 40 ms +8 ms\s", writer.ToString());
        Assert.Contains("'at most' is a bound", writer.ToString(), StringComparison.Ordinal);
    }

    private static OutputReport Output(string name, Distribution latency) => new(new OperatorId(name), latency.Count, 0, latency, []);

    private static Decision Decided(long number, string trigger, string result) => new() { Number = number, At = DateTimeOffset.UnixEpoch, Trigger = trigger, Result = result };

    private static ClusterStatus Status() => new() { Coordinator = new WorkerId("boss"), Term = 1, Members = [], Phase = "running", Epoch = 1 };

    private static string Written(ClusterStatus status)
    {
        using var writer = new StringWriter();
        ClusterText.Write(status, "frames", writer);
        return writer.ToString().ReplaceLineEndings("\n");
    }

    [Theory]
    [InlineData(0L, 0, "The run was ended before it had begun: nothing was read, and there are no results.\n")]
    [InlineData(2L, 0, "The run was ended before it had begun: nothing was read, and there are no results.\n")]
    [InlineData(null, 0, "The run is done; what it did is known to the node that coordinated before 'boss' only.\n")]
    [InlineData(3L, 12, "The run is done, by epoch 3, 12.0 s since that began.\n")]
    public void Run_that_has_ended_is_told_by_what_is_known_of_it(long? epoch, int seconds, string told)
    {
        using var writer = new StringWriter();

        ClusterText.WriteEnd(Status() with { Phase = "idle", EndedRunId = "first", EndedEpoch = epoch, Epoch = epoch ?? 0, Elapsed = TimeSpan.FromSeconds(seconds) }, "frames", writer);

        Assert.Equal(told, writer.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Workflows_are_told_with_what_they_cost_together()
    {
        var text = new StringWriter();

        ClusterText.Write([Costing("one", 0.02), Costing("two", 0.005), Costing("idle", null)], text);

        Assert.EndsWith("together: 0.0250 $/h; a machine that several use is in the cost of the one that has used it the longest.\n", text.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);

        static WorkflowStatus Costing(string name, double? cost) => new() { Name = name, Fingerprint = name, Phase = "running", CostPerHour = cost, Currency = cost is null ? "" : "USD" };
    }
}
