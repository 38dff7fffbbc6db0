using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Tests.Plans;

public sealed class PlanCheckTests
{
    public static TheoryData<string, PlanConstraint> Tamperings { get; } = new()
    {
        { "another workflow", PlanConstraint.Workflow },
        { "operator left out", PlanConstraint.Placement },
        { "unknown worker", PlanConstraint.Placement },
        { "shares above 1", PlanConstraint.Placement },
        { "negative share", PlanConstraint.Placement },
        { "unknown variant", PlanConstraint.Variant },
        { "batch size not profiled", PlanConstraint.Variant },
        { "input moved from its tier", PlanConstraint.Pin },
        { "source moved", PlanConstraint.Source },
        { "source rate changed", PlanConstraint.Source },
        { "tracker spread", PlanConstraint.Whole },
        { "too few side by side", PlanConstraint.Parallelism },
        { "more side by side than cores", PlanConstraint.Parallelism },
        { "route left out", PlanConstraint.Route },
        { "route rate changed", PlanConstraint.Route },
        { "route bytes changed", PlanConstraint.Route },
        { "route to where nobody is", PlanConstraint.Route },
        { "route twice", PlanConstraint.Route },
        { "cost lowered", PlanConstraint.Cost },
        { "utilisation prettified", PlanConstraint.Prediction },
        { "latency prettified", PlanConstraint.Prediction },
    };

    [Fact]
    public void PlanCheck_honest_plan_has_no_violation()
    {
        Assert.Empty(PlanCheck.Violations(HandPlan.Plan, Tracking.Problem));
    }

    [Theory]
    [MemberData(nameof(Tamperings))]
    public void PlanCheck_tampered_plan_is_refused_by_name(string tampering, PlanConstraint expected)
    {
        var violations = PlanCheck.Violations(Tamper(tampering), Tracking.Problem);

        Assert.Contains(violations, v => v.Constraint == expected);
    }

    public static TheoryData<string, PlanConstraint> Tightenings { get; } = new()
    {
        { "cap", PlanConstraint.Utilisation },
        { "host", PlanConstraint.Host },
        { "memory", PlanConstraint.Memory },
        { "bandwidth", PlanConstraint.Bandwidth },
        { "no link", PlanConstraint.Route },
        { "floor", PlanConstraint.Accuracy },
        { "metric", PlanConstraint.Accuracy },
        { "p99", PlanConstraint.Latency },
        { "sink", PlanConstraint.Pin },
        { "price", PlanConstraint.Cost },
    };

    [Theory]
    [MemberData(nameof(Tightenings))]
    public void PlanCheck_tighter_problem_refuses_the_plan_by_name(string tightening, PlanConstraint expected)
    {
        var violations = PlanCheck.Violations(HandPlan.Plan, Tighten(tightening));

        Assert.Contains(violations, v => v.Constraint == expected);
    }

    private static Plan Tamper(string how) => how switch
    {
        "another workflow" => HandPlan.Plan with { WorkflowFingerprint = "0" },
        "operator left out" => HandPlan.Plan with { Placements = HandPlan.Plan.Placements.RemoveAt(1) },
        "unknown worker" => HandPlan.WithPlacement("tracker", p => p with { Instances = [new Instance { Worker = new("fog") }] }),
        "shares above 1" => HandPlan.WithPlacement("detector", p => p with { Instances = [.. p.Instances.Select(i => i with { Share = 0.6 })] }),
        "negative share" => HandPlan.WithPlacement("detector", p => p with { Instances = [p.Instances[0] with { Share = 1.5 }, p.Instances[1] with { Share = -0.5 }] }),
        "unknown variant" => HandPlan.WithPlacement("detector", p => p with { Variant = "huge" }),
        "batch size not profiled" => HandPlan.WithPlacement("detector", p => p with { BatchSize = 3 }),
        "input moved from its tier" => HandPlan.WithPlacement("cameras", p => p with { Instances = [new Instance { Worker = new("cloud-1") }] }),
        "source moved" => HandPlan.Plan with { Sources = [.. HandPlan.Plan.Sources.Select(s => s with { Worker = new("cloud-1") })] },
        "source rate changed" => HandPlan.Plan with { Sources = [.. HandPlan.Plan.Sources.Select(s => s with { Rate = 4 })] },
        "tracker spread" => HandPlan.WithPlacement("tracker", p => p with { Instances = [new Instance { Worker = new("cloud-1"), Share = 0.5 }, new Instance { Worker = new("cloud-2"), Share = 0.5 }] }),
        "too few side by side" => HandPlan.WithPlacement("detector", p => p with { Instances = [.. p.Instances.Select(i => i with { Parallelism = 0 })] }),
        "more side by side than cores" => HandPlan.WithPlacement("detector", p => p with { Instances = [.. p.Instances.Select(i => i with { Parallelism = 9 })] }),
        "route left out" => HandPlan.Plan with { Routes = HandPlan.Plan.Routes.RemoveAt(0) },
        "route rate changed" => HandPlan.WithRoute(0, r => r with { Rate = 4 }),
        "route bytes changed" => HandPlan.WithRoute(0, r => r with { BytesPerSecond = 4 }),
        "route to where nobody is" => HandPlan.WithRoute(0, r => r with { ToWorker = new("cloud-2") }),
        "route twice" => HandPlan.Plan with { Routes = [HandPlan.Plan.Routes[0], .. HandPlan.Plan.Routes] },
        "cost lowered" => HandPlan.Plan with { Cost = HandPlan.Plan.Cost with { ComputePerHour = 0.1 } },
        "utilisation prettified" => HandPlan.Plan with { Workers = [.. HandPlan.Plan.Workers.Select(w => w with { Utilisation = 0.1 })] },
        "latency prettified" => HandPlan.Plan with { Outputs = [.. HandPlan.Plan.Outputs.Select(o => o with { P99Ms = 1 })] },
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
    };

    private static PlanningProblem Tighten(string how)
    {
        var problem = Tracking.Problem;
        var catalogue = problem.Catalogue;
        InfrastructureCatalogue Types(Func<WorkerType, WorkerType> change) => catalogue with { WorkerTypes = [.. catalogue.WorkerTypes.Select(change)] };
        return how switch
        {
            "cap" => problem with { Options = problem.Options with { UtilisationCap = 0.05 } },
            "host" => problem with { Catalogue = catalogue with { Hosts = [new SharedHost { Id = new("laptop"), Cores = 0.1 }], Workers = [.. catalogue.Workers.Select(w => w with { Host = new("laptop") })] } },
            "memory" => problem with { Catalogue = Types(t => t with { MemoryBytes = 1 }) },
            "bandwidth" => problem with { Catalogue = catalogue with { Links = [.. catalogue.Links.Select(l => l with { BytesPerSecond = 1000 })] } },
            "no link" => problem with { Catalogue = catalogue with { Links = [] } },
            "floor" => Tracking.WithFloor(0.7),
            "metric" => problem with { Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("mota", 0.1) }) },
            "p99" => problem with { Objectives = Tracking.ObjectivesOf(new Objectives { P99 = TimeSpan.FromMilliseconds(10) }) },
            "sink" => problem with { SinkWorkers = ImmutableSortedDictionary<OperatorId, WorkerId>.Empty.Add(new("tracks"), new("edge")) },
            "price" => problem with { Catalogue = Types(t => t with { PricePerHour = t.PricePerHour * 2 }) },
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
        };
    }
}
