using System.Collections.Concurrent;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>The plans of the model: the gate reads and writes, one of two hubs keeps the state.</summary>
internal static class ModelPlans
{
    public const string Fingerprint = "f00d";

    public static readonly WorkerId Gate = new("gate");
    public static readonly WorkerId Old = new("old");
    public static readonly WorkerId New = new("new");

    private static readonly ConcurrentDictionary<string, Plan> Read = new(StringComparer.Ordinal);

    public static Plan On(WorkerId hub) => new()
    {
        Workflow = "model",
        WorkflowFingerprint = Fingerprint,
        Sources = [new PlannedSource { Source = new SourceId("in/all"), Input = new OperatorId("in"), Worker = Gate, Rate = 1 }],
        Placements =
        [
            new Placement { Operator = new OperatorId("in"), Instances = [new Instance { Worker = Gate }] },
            new Placement { Operator = new OperatorId("out"), Instances = [new Instance { Worker = Gate }] },
            new Placement { Operator = new OperatorId("state"), Instances = [new Instance { Worker = hub }] },
        ],
        Routes = [],
        Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
    };

    public static Plan Of(string text) => Read.GetOrAdd(text, PlanText.Parse);

    public static long EpochOf(string text) => text.Length == 0 ? 0 : Of(text).Epoch;

    public static WorkerId HubOf(Plan plan) => plan[new OperatorId("state")].Instances[0].Worker;
}

/// <summary>What is walked.</summary>
/// <param name="Name">For people.</param>
/// <param name="Elements">What the source has.</param>
internal sealed record Scenario(string Name, int Elements)
{
    /// <summary>Whether the old hub is told to leave, rather than a plan proposed.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Whether somebody commands that the old hub be drained.</summary>
    public bool IsDrained { get; init; }

    /// <summary>Whether the new hub can load nothing, ever.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>Whether, at any time, a plan back to the old hub is proposed too.</summary>
    public bool IsProposedBack { get; init; }

    /// <summary>Whether, at any time at which nothing is on its way, a snapshot is complete.</summary>
    public bool TakesSnapshots { get; init; }

    /// <summary>Faults, at any time each.</summary>
    public int Faults { get; init; } = 1;
}
