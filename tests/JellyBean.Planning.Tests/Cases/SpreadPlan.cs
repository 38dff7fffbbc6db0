using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Cases;

/// <summary>Makes plans by hand: says where operators are; every worker sends to every worker of the next operator, in proportion.</summary>
internal sealed class SpreadPlan(PlanningProblem problem)
{
    private readonly SortedDictionary<OperatorId, Placement> _placements = [];

    public SpreadPlan On(string op, string? variant, int batch, params ReadOnlySpan<(string Worker, double Share, int Parallelism)> instances)
    {
        var parts = ImmutableArray.CreateBuilder<Instance>();
        foreach (var (worker, share, parallelism) in instances)
        {
            parts.Add(new Instance { Worker = new WorkerId(worker), Share = share, Parallelism = parallelism });
        }

        _placements[new OperatorId(op)] = new Placement { Operator = new OperatorId(op), Variant = variant, BatchSize = batch, Instances = parts.ToImmutable() };
        return this;
    }

    public SpreadPlan On(string worker, params ReadOnlySpan<string> operators)
    {
        foreach (var op in operators)
        {
            On(op, null, 1, (worker, 1, 1));
        }

        return this;
    }

    public Plan Build()
    {
        var plan = new Plan
        {
            Workflow = problem.Workflow.Name,
            WorkflowFingerprint = problem.Workflow.Fingerprint,
            Sources = [.. problem.Sources.Select(s => new PlannedSource { Source = s.Source, Input = s.Input, Rate = s.Rate, Worker = s.Worker ?? _placements[s.Input].Instances[0].Worker })],
            Placements = [.. _placements.Values],
            Routes =
            [
                .. from flow in WorkflowRates.Of(problem).Flows
                   from sender in _placements[flow.From].Instances
                   from receiver in _placements[flow.To].Instances
                   let part = sender.Share * receiver.Share
                   select new PlannedRoute
                   {
                       From = flow.From,
                       To = flow.To,
                       InputIndex = flow.InputIndex,
                       FromWorker = sender.Worker,
                       ToWorker = receiver.Worker,
                       Rate = part * flow.Rate,
                       BytesPerSecond = part * flow.BytesPerSecond(_placements[flow.From].Variant),
                   },
            ],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
        };
        var evaluation = new PlanEvaluation(problem, plan);
        return plan with { Cost = evaluation.Cost(), Outputs = evaluation.Outputs(), Workers = evaluation.Workers() };
    }
}
