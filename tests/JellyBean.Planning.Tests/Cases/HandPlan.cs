using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Cases;

/// <summary>A plan for <see cref="Tracking"/> made by hand: the detector on edge and cloud, all else in the cloud.</summary>
internal static class HandPlan
{
    public static Plan Plan { get; } = Complete(new Plan
    {
        Workflow = Tracking.Workflow.Name,
        WorkflowFingerprint = Tracking.Workflow.Fingerprint,
        Sources = [.. Tracking.Problem.Sources.Select(s => new PlannedSource { Source = s.Source, Input = s.Input, Worker = new("edge"), Rate = s.Rate })],
        Placements =
        [
            On("cameras", null, 1, ("edge", 1)),
            On("detector", "small", 4, ("cloud-1", 0.5), ("edge", 0.5)),
            On("embedder", "stripes", 8, ("cloud-1", 1)),
            On("embedder/parts", null, 1, ("cloud-1", 1)),
            On("embedder/regroup", null, 1, ("cloud-1", 1)),
            On("tracker", null, 1, ("cloud-1", 1)),
            On("tracks", null, 1, ("cloud-1", 1)),
        ],
        Routes =
        [
            Route("cameras", "detector", "edge", "cloud-1", 5, 1_000_000),
            Route("cameras", "detector", "edge", "edge", 5, 1_000_000),
            Route("detector", "embedder/parts", "cloud-1", "cloud-1", 5, 1_050_000),
            Route("detector", "embedder/parts", "edge", "cloud-1", 5, 1_050_000),
            Route("embedder", "embedder/regroup", "cloud-1", "cloud-1", 30, 25_000),
            Route("embedder/parts", "embedder", "cloud-1", "cloud-1", 30, 310_000),
            Route("embedder/regroup", "tracker", "cloud-1", "cloud-1", 10, 20_000),
            Route("tracker", "tracks", "cloud-1", "cloud-1", 15, 15_000),
        ],
        Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
    });

    public static Plan Complete(Plan draft)
    {
        var evaluation = new PlanEvaluation(Tracking.Problem, draft);
        return draft with { Cost = evaluation.Cost(), Outputs = evaluation.Outputs(), Workers = evaluation.Workers() };
    }

    public static Plan WithPlacement(string op, Func<Placement, Placement> change) =>
        Plan with { Placements = [.. Plan.Placements.Select(p => p.Operator.Value == op ? change(p) : p)] };

    public static Plan WithRoute(int index, Func<PlannedRoute, PlannedRoute> change) => Plan with { Routes = Plan.Routes.SetItem(index, change(Plan.Routes[index])) };

    private static Placement On(string op, string? variant, int batch, params ReadOnlySpan<(string Worker, double Share)> instances)
    {
        var parts = ImmutableArray.CreateBuilder<Instance>();
        foreach (var (worker, share) in instances)
        {
            parts.Add(new Instance { Worker = new WorkerId(worker), Share = share });
        }

        return new Placement { Operator = new OperatorId(op), Variant = variant, BatchSize = batch, Instances = parts.ToImmutable() };
    }

    private static PlannedRoute Route(string from, string to, string fromWorker, string toWorker, double rate, double bytes) => new()
    {
        From = new OperatorId(from),
        To = new OperatorId(to),
        FromWorker = new WorkerId(fromWorker),
        ToWorker = new WorkerId(toWorker),
        Rate = rate,
        BytesPerSecond = bytes,
    };
}
