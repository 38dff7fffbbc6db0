using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;

namespace PedestrianTracking.Tests;

/// <summary>A plan made by hand: cameras, detector and crops on an edge, the rest in a cloud, with some instances of everything that may have several.</summary>
internal static class TwoTiers
{
    private static readonly WorkerId Edge = new("edge-1");
    private static readonly WorkerId Cloud = new("cloud-1");
    private static readonly string[] OnEdge = ["cameras", "detector", "embedder/parts"];
    private static readonly string[] Several = ["detector", "embedder", "tracker"];

    public static IReadOnlyList<NodeDescription> Nodes { get; } =
    [
        new() { Worker = Edge, Tier = Tier.Edge, Cores = 2, MemoryBytes = 1L << 30 },
        new() { Worker = Cloud, Tier = Tier.Cloud, Cores = 2, MemoryBytes = 1L << 30, IsCoordinator = true },
    ];

    public static Plan PlanFor(Workflow workflow, IEnumerable<string> cameras, string detector, string embedder, int batch, int instances)
    {
        var routes = from op in workflow.Operators
                     from input in op.Inputs.Select((id, index) => (Id: id, Index: index))
                     select new PlannedRoute
                     {
                         From = input.Id,
                         To = op.Id,
                         InputIndex = input.Index,
                         FromWorker = WorkerOf(input.Id),
                         ToWorker = WorkerOf(op.Id),
                         Rate = 1,
                         BytesPerSecond = 0,
                     };
        return new Plan
        {
            Workflow = workflow.Name,
            WorkflowFingerprint = workflow.Fingerprint,
            Sources = [.. cameras.Order(StringComparer.Ordinal).Select(name => new PlannedSource
            {
                Source = SourceId.Of("cameras", name),
                Input = new OperatorId("cameras"),
                Worker = Edge,
                Rate = 10,
            })],
            Placements = [.. workflow.Operators.OrderBy(op => op.Id).Select(op => new Placement
            {
                Operator = op.Id,
                Variant = op is not InferOperator ? null : op.Id.Value == "detector" ? detector : embedder,
                BatchSize = op is InferOperator ? batch : 1,
                Instances = [new Instance { Worker = WorkerOf(op.Id), Parallelism = Several.Contains(op.Id.Value) ? instances : 1 }],
            })],
            Routes = [.. routes],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
        };
    }

    private static WorkerId WorkerOf(OperatorId op) => OnEdge.Contains(op.Value) ? Edge : Cloud;
}
