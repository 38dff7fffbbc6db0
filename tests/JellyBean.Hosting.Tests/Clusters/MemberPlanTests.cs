using System.Collections.Immutable;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Tests.Clusters;

public sealed class MemberPlanTests
{
    private static readonly OperatorId Names = new(TestProgram.Names.Name);
    private static readonly OperatorId Namer = new("namer");

    [Fact]
    public void Planned_with_the_members_as_machines_smaller_ones_as_what_they_are()
    {
        var planner = new FakePlanner();

        var plan = MemberPlan.Of(Problem(), Request(Member("edge-1"), Member("edge-2") with { Cores = 0.5 }), planner);

        var catalogue = planner.Asked.Single().Catalogue;
        Assert.Equal(["edge-1", "edge-2"], catalogue.Workers.Select(w => w.Id.Value));
        Assert.Equal([1, 0.5], catalogue.Workers.Select(w => catalogue.TypeOf(w.Id).Cores));
        Assert.NotNull(plan.Plan);
        Assert.Empty(plan.Shortfalls);
    }

    [Fact]
    public void Member_with_several_roles_is_one_machine_that_serves_them_all_as_measured()
    {
        var planner = new FakePlanner();
        var problem = Problem() with
        {
            Profile = Problem().Profile with { ServiceTimes = [new ServiceTime { Operator = new OperatorId("namer"), Variant = "small", BatchSize = 1, ServiceMs = 1, WorkerType = new WorkerTypeId("box") }] },
        };

        MemberPlan.Of(problem, Request(Member("edge-1") with { AlsoServes = [Tier.Cloud] }), planner);

        var asked = planner.Asked.Single();
        var type = asked.Catalogue.TypeOf(Assert.Single(asked.Catalogue.Workers).Id);
        Assert.Equal(Tier.Edge, type.Tier);
        Assert.True(type.Serves(Tier.Edge) && type.Serves(Tier.Cloud));
        Assert.Contains(asked.Profile.ServiceTimes, t => t.WorkerType == type.Id);
    }

    [Fact]
    public void Planned_for_what_other_workflows_leave_of_a_machine_and_told_of_the_whole_of_it()
    {
        var planner = new FakePlanner { Utilisation = 0.5 };
        var running = FakePlanner.On("edge-1", 0.2);
        var request = Request(Member("edge-1") with { Cores = 1 }, Member("edge-2") with { Cores = 1 }) with
        {
            Taken = ImmutableSortedDictionary<WorkerId, MachineShare>.Empty.Add(new WorkerId("edge-1"), new MachineShare(0.6, 1L << 29)),
            InForce = running,
        };

        var plan = MemberPlan.Of(Problem() with { Catalogue = Problem().Catalogue }, request, planner);

        var asked = planner.Asked.Single();
        Assert.Equal([0.4, 1], asked.Catalogue.Workers.Select(w => Math.Round(asked.Catalogue.TypeOf(w.Id).Cores, 9)));
        Assert.Equal(0.2, plan.Plan!.Workers.Single().Utilisation, 9);
        Assert.Equal(0.5, asked.InForce!.Plan.Workers.Single().Utilisation, 9);
    }

    [Fact]
    public void Machine_that_another_workflow_uses_costs_nothing_more_and_is_paid_by_one_of_them()
    {
        var (problem, request, alone) = InForce(perSecond: 5);
        var shared = request with
        {
            IsFirst = true,
            Taken = ImmutableSortedDictionary<WorkerId, MachineShare>.Empty.Add(new WorkerId("edge-2"), new MachineShare(3.5, 1)),
            PaidByOthers = [new WorkerId("edge-2")],
        };
        problem = problem with { Options = problem.Options with { UtilisationCap = 0.95 } };

        var beside = MemberPlan.Of(problem, shared, new CheapestPlanner()).Plan!;
        var first = MemberPlan.Of(problem, shared with { InForce = beside, PaidByOthers = [] }, new CheapestPlanner()).Plan!;

        Assert.Equal((1, 1.0), (Machines(alone), alone.Cost.ComputePerHour));
        Assert.Equal(("edge-2", 0.0), (Assert.Single(beside.Workers).Worker.Value, beside.Cost.ComputePerHour));
        Assert.Equal(1.0, beside.Charged(ImmutableSortedSet<WorkerId>.Empty).Cost.ComputePerHour);
        Assert.Equal(("edge-2", 1.0), (Assert.Single(first.Workers).Worker.Value, first.Cost.ComputePerHour));
        Assert.Equal(beside, PlanText.Parse(PlanText.Write(beside)));
    }

    [Fact]
    public void Machine_that_another_workflow_has_too_much_of_is_not_taken_for_its_price()
    {
        var (problem, request, _) = InForce(perSecond: 5);
        var shared = request with
        {
            IsFirst = true,
            Taken = ImmutableSortedDictionary<WorkerId, MachineShare>.Empty.Add(new WorkerId("edge-2"), new MachineShare(3.9, 1)),
            PaidByOthers = [new WorkerId("edge-2")],
        };

        var plan = MemberPlan.Of(problem, shared, new CheapestPlanner()).Plan!;

        Assert.Equal(1.0, plan.Cost.ComputePerHour);
        Assert.Contains(plan.Workers, w => w.Worker.Value == "edge-1");
    }

    [Fact]
    public void Member_of_a_type_that_the_catalogue_lacks_is_not_used_and_that_is_said()
    {
        var planner = new FakePlanner();

        var plan = MemberPlan.Of(Problem(), Request(Member("edge-1"), Member("gpu-1") with { Type = new WorkerTypeId("giant") }), planner);

        Assert.Equal(["edge-1"], planner.Asked.Single().Catalogue.Workers.Select(w => w.Id.Value));
        Assert.Contains("'gpu-1' is of type 'giant'", Assert.Single(plan.Shortfalls), StringComparison.Ordinal);
    }

    [Fact]
    public void First_plan_waits_for_the_nodes_of_sources_later_ones_leave_their_sources_out()
    {
        var planner = new FakePlanner();
        var problem = Problem(Source("north", null), Source("south", "edge-2"));

        var first = MemberPlan.Of(problem, Request(Member("edge-1")), planner);
        var later = MemberPlan.Of(problem, Request(Member("edge-1")) with { IsFirst = false }, planner);

        Assert.Null(first.Plan);
        Assert.Contains("'numbers/south' is attached to node 'edge-2', which has not joined", Assert.Single(first.Reasons), StringComparison.Ordinal);
        Assert.Equal(["numbers/north"], planner.Asked.Single().Sources.Select(s => s.Source.Value));
        Assert.Contains("'numbers/south' is left out", Assert.Single(later.Shortfalls), StringComparison.Ordinal);
    }

    [Fact]
    public void Not_all_fits_any_more_less_is_let_in_and_the_floor_for_accuracy_stands()
    {
        var planner = new FakePlanner { Fits = p => p.Sources.Sum(s => s.Rate) <= 6.5 };

        var plan = MemberPlan.Of(Problem(Source("north", null)), Request(Member("edge-1")) with { IsFirst = false }, planner);

        Assert.NotNull(plan.Plan);
        Assert.Contains("60 %", Assert.Single(plan.Shortfalls), StringComparison.Ordinal);
        Assert.All(planner.Asked, p => Assert.Equal(0.5, p.ObjectivesOf((Workflows.Graph.OutputOperator)p.Workflow[Names]).Accuracy!.Least));
    }

    [Fact]
    public void What_was_decided_by_hand_is_planned_with()
    {
        var planner = new FakePlanner();
        var request = Request(Member("edge-1")) with
        {
            Pins = ImmutableSortedDictionary<OperatorId, Tier>.Empty.Add(Names, Tier.Edge),
            Variants = ImmutableSortedDictionary<OperatorId, string>.Empty.Add(new OperatorId("namer"), "large"),
        };
        ServiceTime[] times = [.. new[] { "small", "large" }.Select(v => new ServiceTime { Operator = new OperatorId("namer"), Variant = v, BatchSize = 1, ServiceMs = 1 })];

        MemberPlan.Of(Problem() with { Profile = Problem().Profile with { ServiceTimes = [.. times] } }, request, planner);

        var asked = planner.Asked.Single();
        Assert.Equal(["large"], asked.Profile.ServiceTimes.Select(t => t.Variant));
        Assert.Equal(Tier.Edge, asked.PinOf(asked.Workflow[Names]));
    }

    [Fact]
    public void Less_arrives_than_was_planned_for_a_plan_on_fewer_machines_is_weighed_and_said_to_be_worth_it()
    {
        var (problem, request, inForce) = InForce(perSecond: 15);
        var question = Asked(perSecond: 5, new MeasuredRun(Namer, "small", new WorkerId("edge-1"), 1, 120));

        var answer = MemberPlan.Of(problem, request with { InForce = inForce, Replan = question }, new CheapestPlanner());

        Assert.True(answer.Plan is not null, answer.Decision!.Reason);
        Assert.Equal((2, 1), (Machines(inForce), Machines(answer.Plan)));
        Assert.Same(answer.Plan, answer.Decision!.Proposed);
        Assert.True(answer.Decision.Holds);
        Assert.Equal((2.0, 1.0), (answer.Decision.CostPerHour, answer.Decision.OtherCostPerHour));
        Assert.Equal(1.5, answer.Decision.Drift[(Namer, "small")], 0.02);
    }

    [Fact]
    public void More_arrives_than_all_machines_take_as_much_of_it_as_they_do_is_planned_for_once()
    {
        var (problem, request, inForce) = InForce(perSecond: 5);

        var more = MemberPlan.Of(problem, request with { InForce = inForce, Replan = Asked(perSecond: 40) }, new CheapestPlanner());
        var same = MemberPlan.Of(problem, request with { InForce = more.Plan, Replan = Asked(perSecond: 40) }, new CheapestPlanner());

        Assert.True(more.Plan is not null, more.Decision!.Reason);
        Assert.Equal((1, 2), (Machines(inForce), Machines(more.Plan)));
        Assert.Equal((20.0, false), (more.Plan.Sources.Single().Rate, more.Decision!.Holds));
        Assert.Contains("Only 50 %", Assert.Single(more.Shortfalls), StringComparison.Ordinal);
        Assert.Null(same.Plan);
    }

    [Theory]
    [InlineData(5, 12, 12)]
    [InlineData(5, 2, 5)]
    public void Plan_that_is_needed_in_any_case_is_made_for_what_arrives_and_for_no_less_than_the_one_before(double planned, double arrives, double expected)
    {
        var (problem, request, inForce) = InForce(planned);

        var answer = MemberPlan.Of(problem, request with { InForce = inForce, Known = Asked(arrives) }, new CheapestPlanner());

        Assert.True(answer.Plan is not null, string.Join(' ', answer.Reasons));
        Assert.Equal(expected, answer.Plan.Sources.Single().Rate);
    }

    [Fact]
    public void Plan_that_is_needed_in_any_case_is_made_for_times_and_lines_as_measured()
    {
        var planner = new FakePlanner();
        var (problem, request, inForce) = InForce(perSecond: 5);
        var link = new TierLink { From = Tier.Edge, To = Tier.Cloud, BytesPerSecond = 1e6 };
        var state = new ReplanState().Observe(new ReplanMeasurement([], []) { Traffic = [new MeasuredTraffic(Tier.Edge, Tier.Cloud, 1e5, IsFull: true)] }, TimeSpan.Zero, new ReplanOptions());
        var known = new ReplanQuestion(state with { Drift = state.Drift.Add((Namer, "small"), 1.5) }, [], TimeSpan.FromMinutes(5), new ReplanOptions());

        MemberPlan.Of(problem with { Catalogue = problem.Catalogue with { Tiers = [Tier.Edge, Tier.Cloud], Links = [link] } }, request with { InForce = inForce, Known = known }, planner);

        var asked = planner.Asked.Single();
        Assert.Equal(1e5, asked.Catalogue.Links.Single().BytesPerSecond);
        Assert.Equal(120, asked.Profile.ServiceTimes.Single(t => t.Variant == "small").ServiceMs, 1);
        Assert.Equal(80, problem.Profile.ServiceTimes.Single(t => t.Variant == "small").ServiceMs);
    }

    /// <summary>A plan for so many numbers a second, 80 ms each, on as many of two rented boxes as it needs.</summary>
    private static (PlanningProblem Problem, ClusterPlanRequest Request, Plan Plan) InForce(double perSecond)
    {
        string[] variants = ["small", "large"];
        var problem = Problem(Source("north", null) with { Rate = perSecond }) with
        {
            Catalogue = Problem().Catalogue with { WorkerTypes = [.. Problem().Catalogue.WorkerTypes.Select(t => t with { Ownership = Ownership.OnDemand })] },
            Profile = Problem().Profile with
            {
                ServiceTimes = [.. variants.Select(v => new ServiceTime { Operator = Namer, Variant = v, ServiceMs = 80 })],
                Outputs = [new OutputProfile { Operator = new OperatorId(TestProgram.Numbers.Name), MessageBytes = 4 }, .. variants.Select(v => new OutputProfile { Operator = Namer, Variant = v, MessageBytes = 4 })],
                Footprints = [.. variants.Select(v => new Footprint { Operator = Namer, Variant = v, MemoryBytes = 1, LoadTime = TimeSpan.Zero })],
                Accuracies = [new AccuracyRow { Metric = "recall", Variants = [new VariantChoice(Namer, "small")], Value = 0.6, Provenance = "made up" }],
            },
        };
        var request = Request(Member("edge-1"), Member("edge-2"));
        var first = MemberPlan.Of(problem, request, new CheapestPlanner());
        Assert.True(first.Plan is not null, string.Join(' ', first.Reasons));
        return (problem, request with { IsFirst = false }, first.Plan);
    }

    private static ReplanQuestion Asked(double perSecond, params ImmutableArray<MeasuredRun> runs)
    {
        var rates = ImmutableSortedDictionary<SourceId, RateForecast>.Empty.Add(SourceId.Of("numbers", "north"), new RateForecast(perSecond, 0, TimeSpan.Zero));
        return new ReplanQuestion(new ReplanState { Rates = rates, MeasuredAt = TimeSpan.Zero }, runs, TimeSpan.FromMinutes(5), new ReplanOptions());
    }

    [Fact]
    public void Catalogue_that_is_not_valid_any_more_leaves_the_plan_in_force_and_says_what_is_wrong()
    {
        var planner = new FakePlanner();
        var inForce = MemberPlan.Of(Problem(), Request(Member("edge-1")), planner).Plan!;

        var answer = MemberPlan.Of(Problem(), Request(Member("edge-1")) with { IsFirst = false, InForce = inForce, Replan = new ReplanQuestion(new ReplanState(), [], TimeSpan.Zero, new ReplanOptions()) }, planner);

        Assert.Null(answer.Plan);
        Assert.StartsWith("It cannot be planned: ", answer.Decision!.Reason, StringComparison.Ordinal);
    }

    private static int Machines(Plan plan) => plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Distinct().Count();

    [Theory]
    [InlineData(PlanningStatus.Infeasible)]
    [InlineData(PlanningStatus.Unknown)]
    public void Nothing_fits_or_is_found_in_time_latency_is_given_up_last_and_said(PlanningStatus status)
    {
        var planner = new FakePlanner { Status = status, Fits = p => p.ObjectivesOf((Workflows.Graph.OutputOperator)p.Workflow[Names]).P99 is null };
        var problem = Problem() with
        {
            Objectives = ImmutableSortedDictionary<OperatorId, Objectives>.Empty.Add(Names, new Objectives { P99 = TimeSpan.FromSeconds(1) }),
        };

        var plan = MemberPlan.Of(problem, Request(Member("edge-1")) with { IsFirst = false }, planner);

        Assert.Contains("latency objective of output 'names'", Assert.Single(plan.Shortfalls), StringComparison.Ordinal);
    }

    [Fact]
    public void First_plan_does_not_fit_says_why_and_promises_nothing_less()
    {
        var planner = new FakePlanner { Fits = _ => false };

        var plan = MemberPlan.Of(Problem(), Request(Member("edge-1")), planner);

        Assert.Equal("It is too much.", Assert.Single(plan.Reasons));
        Assert.Single(planner.Asked);
    }

    private static ClusterPlanRequest Request(params ImmutableArray<NodeDescription> members) => new(members, IsFirst: true);

    private static NodeDescription Member(string name) => new() { Worker = new WorkerId(name), Tier = Tier.Edge, Type = new WorkerTypeId("box"), Cores = 4, MemoryBytes = 1L << 40 };

    private static SourceDemand Source(string name, string? worker) => new()
    {
        Source = SourceId.Of("numbers", name),
        Input = new OperatorId("numbers"),
        Rate = 10,
        Tier = Tier.Edge,
        Worker = worker is null ? null : new WorkerId(worker),
    };

    private static PlanningProblem Problem(params ImmutableArray<SourceDemand> sources) => new()
    {
        Workflow = TestProgram.Workflow,
        Profile = new Profile { Provenance = "made up", Machine = ThisMachine.Fingerprint, ServiceTimes = [], Outputs = [] },
        Catalogue = new InfrastructureCatalogue
        {
            Name = "site",
            Tiers = [Tier.Edge],
            WorkerTypes = [new WorkerType { Id = new WorkerTypeId("box"), Tier = Tier.Edge, PricePerHour = 1, Cores = 1, MemoryBytes = 1 << 30 }],
            Workers = [new Worker { Id = new WorkerId("edge-9"), Type = new WorkerTypeId("box") }],
        },
        Sources = sources.IsEmpty ? [Source("north", null)] : sources,
    };

    private sealed class FakePlanner : IPlanner
    {
        public Func<PlanningProblem, bool> Fits { get; init; } = _ => true;

        /// <summary>What it says where nothing fits.</summary>
        public PlanningStatus Status { get; init; } = PlanningStatus.Infeasible;

        /// <summary>How busy the plan says that the first machine is; null to say nothing.</summary>
        public double? Utilisation { get; init; }

        public List<PlanningProblem> Asked { get; } = [];

        public PlanningResult Plan(PlanningProblem problem)
        {
            Asked.Add(problem);
            return Fits(problem)
                ? new PlanningResult { Status = PlanningStatus.Optimal, Plan = Utilisation is { } busy ? On("edge-1", busy) : Empty }
                : new PlanningResult { Status = Status, Reasons = ["It is too much."] };
        }

        public static Plan On(string worker, double utilisation) => Empty with { Workers = [new WorkerPrediction { Worker = new WorkerId(worker), Utilisation = utilisation, MemoryBytes = 1 }] };

        private static Plan Empty => new()
        {
            Workflow = TestProgram.Workflow.Name,
            WorkflowFingerprint = TestProgram.Workflow.Fingerprint,
            Sources = [],
            Placements = [],
            Routes = [],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
        };
    }
}
