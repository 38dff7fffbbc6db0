using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>Plans made by hand: who runs where, and nothing about cost.</summary>
internal static class Plans
{
    /// <summary>Places every operator where <paramref name="place"/> says; inputs where their sources are.</summary>
    public static Plan Of(
        Workflow workflow,
        IReadOnlyList<(SourceId Source, WorkerId Worker)> sources,
        Func<Operator, ImmutableArray<Instance>> place,
        Func<InferOperator, string>? variant = null,
        int batch = 1,
        long epoch = 1)
    {
        var placements = workflow.Operators.Select(op => new Placement
        {
            Operator = op.Id,
            Variant = op is InferOperator infer ? variant?.Invoke(infer) ?? infer.Variants[0].Name : null,
            BatchSize = op is InferOperator ? batch : 1,
            Instances = op is InputOperator
                ? [.. sources.Where(s => InputOf(s.Source) == op.Id).Select(s => s.Worker).Distinct().Order().Select(w => new Instance { Worker = w })]
                : place(op),
        }).ToImmutableArray();
        var byId = placements.ToDictionary(p => p.Operator);
        var routes = from op in workflow.Operators
                     from input in op.Inputs.Select((id, index) => (Id: id, Index: index))
                     from sender in byId[input.Id].Instances
                     from receiver in byId[op.Id].Instances
                     select new PlannedRoute
                     {
                         From = input.Id,
                         To = op.Id,
                         InputIndex = input.Index,
                         FromWorker = sender.Worker,
                         ToWorker = receiver.Worker,
                         Rate = receiver.Share,
                         BytesPerSecond = 0,
                     };
        return new Plan
        {
            Epoch = epoch,
            Workflow = workflow.Name,
            WorkflowFingerprint = workflow.Fingerprint,
            Sources = [.. sources.Select(s => new PlannedSource { Source = s.Source, Input = InputOf(s.Source), Worker = s.Worker, Rate = 1 })],
            Placements = placements,
            Routes = [.. routes],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
        };
    }

    private static OperatorId InputOf(SourceId source) => new(source.Value[..source.Value.IndexOf('/', StringComparison.Ordinal)]);
}
