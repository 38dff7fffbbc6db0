using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>What is slow in a running plan: where the waiting for what follows ends.</summary>
/// <remarks>
/// A queue in front of an operator, or a low rate behind it, do not tell whether it is slow or what is behind it is. Time without demand does: whoever has much of it waits for others, and the first one downstream that has
/// little is what they wait for. Pure.
/// </remarks>
/// <param name="Place">The operator and its machine, or the line, that is slow.</param>
/// <param name="IsLine">Whether it is a line.</param>
/// <param name="Busy">The part of its time that an instance of the operator spends on elements; null of a line, and where nobody tells.</param>
/// <param name="Before">Who waits the most.</param>
public sealed record Bottleneck(string Place, bool IsLine, double? Busy, HeldBack Before)
{
    /// <summary>Who waits for less than this part of its time keeps up, as far as can be told.</summary>
    public const double Least = 0.3;

    /// <summary>Looks for what is slow.</summary>
    /// <param name="plan">In force.</param>
    /// <param name="stages">What operators did.</param>
    /// <param name="hops">How links did.</param>
    /// <returns>Null where nobody waits for as much as <see cref="Least"/> of its time.</returns>
    public static Bottleneck? Of(Plan plan, ImmutableArray<MeasuredStage> stages, ImmutableArray<MeasuredHop> hops)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var search = new Search(
            plan,
            stages.ToDictionary(s => (s.Operator, s.Worker)),

            // Two inputs of an operator may take the same elements, over a link each.
            hops.GroupBy(h => (h.From, h.To, h.FromWorker, h.ToWorker)).ToDictionary(g => g.Key, g => g.MaxBy(h => h.Blocked)));
        var worst = stages.Where(s => s.Blocked >= Least).OrderByDescending(s => s.Blocked).ThenBy(s => s.Operator).ThenBy(s => s.Worker).Take(1).ToList();
        var line = hops.Where(h => h.Blocked >= Least).OrderByDescending(h => h.Blocked).ThenBy(h => h.ToString(), StringComparer.Ordinal).Take(1).ToList();
        return (worst, line) switch
        {
            ([var stage], var l) when l.Count == 0 || stage.Blocked >= l[0].Blocked => search.Behind(stage.Operator, stage.Worker, new HeldBack(stage.ToString(), stage.Blocked)),
            (_, [var hop]) => search.At(hop, new HeldBack(hop.ToString(), hop.Blocked)),
            _ => null,
        };
    }

    /// <summary>Who waits, the longest first.</summary>
    /// <param name="stages">What operators did.</param>
    /// <param name="hops">How links did.</param>
    /// <param name="least">Those that wait for less are left out.</param>
    /// <param name="most">How many at most.</param>
    public static ImmutableArray<HeldBack> Waiting(ImmutableArray<MeasuredStage> stages, ImmutableArray<MeasuredHop> hops, double least, int most) =>
    [
        .. stages.Select(s => new HeldBack(s.ToString(), s.Blocked)).Concat(hops.Select(h => new HeldBack(h.ToString(), h.Blocked)))
            .Where(h => h.Share >= least).OrderByDescending(h => h.Share).ThenBy(h => h.Place, StringComparer.Ordinal).Take(most),
    ];

    /// <summary>As a sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"What is slow is {Place}{(IsLine ? ", which carries all that it can" : Busy is { } busy ? $", busy for {busy:0 %} of its time" : "")}: {Before.Place} waits for {Before.Share:0 %} of its own.");

    private sealed record Search(
        Plan Plan,
        Dictionary<(OperatorId Operator, WorkerId Worker), MeasuredStage> Stages,
        Dictionary<(OperatorId From, OperatorId To, WorkerId FromWorker, WorkerId ToWorker), MeasuredHop> Hops)
    {
        /// <summary>Behind an operator that waits: of those that follow, the one that waits the most is gone on with; where none does, the busiest is it.</summary>
        public Bottleneck? Behind(OperatorId op, WorkerId worker, HeldBack before)
        {
            var routes = Plan.Routes.Where(r => r.From == op && r.FromWorker == worker).OrderBy(r => r.To).ThenBy(r => r.ToWorker).ToList();
            if (routes.Count == 0)
            {
                return null;
            }

            var next = routes.MaxBy(Waits)!;
            return Waits(next) < Least ? Slow(routes.MaxBy(r => Stages.GetValueOrDefault((r.To, r.ToWorker)).Busy)!, before)
                : HopOf(next) is { } hop ? At(hop, before)
                : Behind(next.To, next.ToWorker, before);
        }

        /// <summary>At a link that waits: the line, where it is full; else whoever receives.</summary>
        public Bottleneck? At(MeasuredHop hop, HeldBack before) =>
            hop.IsFull ? new Bottleneck(hop.ToString(), IsLine: true, null, before)
            : Stages.GetValueOrDefault((hop.To, hop.ToWorker)).Blocked >= Least ? Behind(hop.To, hop.ToWorker, before)
            : Slow(hop.To, hop.ToWorker, before);

        private double Waits(PlannedRoute route) => HopOf(route)?.Blocked ?? Stages.GetValueOrDefault((route.To, route.ToWorker)).Blocked;

        private MeasuredHop? HopOf(PlannedRoute route) =>
            route.FromWorker != route.ToWorker && Hops.TryGetValue((route.From, route.To, route.FromWorker, route.ToWorker), out var hop) ? hop : null;

        private Bottleneck Slow(PlannedRoute route, HeldBack before) => Slow(route.To, route.ToWorker, before);

        private Bottleneck Slow(OperatorId op, WorkerId worker, HeldBack before) =>
            new(new MeasuredStage(op, worker, 0, 0).ToString(), IsLine: false, Stages.TryGetValue((op, worker), out var stage) ? stage.Busy : null, before);
    }
}
