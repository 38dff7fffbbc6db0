using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

/// <summary>Plans of one model on one machine, with ladders made by hand.</summary>
internal static class LadderPlans
{
    public static readonly OperatorId Detector = new("detector");
    public static readonly SourceId Camera = new("cameras/gate");

    /// <summary>Rungs v0, v1, … with these capacities, the most accurate first; the first that takes the planned rates is the plan's own.</summary>
    public static Plan Of(params double[] capacities)
    {
        var own = Array.FindIndex(capacities, c => c >= 1);
        return ClusterFixture.Plan("edge-1") with
        {
            Epoch = 7,
            Sources = [new PlannedSource { Source = Camera, Input = new OperatorId("cameras"), Worker = new WorkerId("edge-1"), Rate = 10 }],
            Placements = [new Placement { Operator = Detector, Variant = $"v{own}", BatchSize = 1, Instances = [new Instance { Worker = new WorkerId("edge-1") }] }],
            Ladder =
            [
                .. capacities.Select((capacity, i) => new LadderRung
                {
                    Ways = [new RungWay(Detector, $"v{i}", 1)],
                    Accuracies = [new RungAccuracy(new OperatorId("out"), "map", 0.9 - (0.01 * i))],
                    Capacity = capacity,
                    Cores = 0.8 / capacity,
                }),
            ],
        };
    }
}
