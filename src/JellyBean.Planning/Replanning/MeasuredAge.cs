using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>An element that still waits, and what its result may take in all.</summary>
/// <param name="Place">Where it waits: an operator and its machine, or a line.</param>
/// <param name="Age">Since its source let it in.</param>
/// <param name="Output">The output behind it whose objective is the tightest.</param>
/// <param name="Objective">The p99 that is asked for there.</param>
public sealed record MeasuredAge(string Place, TimeSpan Age, OperatorId Output, TimeSpan Objective)
{
    /// <summary>The part of the objective that is used up before the element is even worked on. Above 1, its result is late whatever happens.</summary>
    public double Share => Age / Objective;

    /// <summary>The one that has used up the most of its objective. Pure.</summary>
    /// <param name="plan">In force, with what is asked of its outputs.</param>
    /// <param name="stages">What waits for operators.</param>
    /// <param name="hops">What waits for links.</param>
    /// <returns>Null where nothing waits, or no output has an objective.</returns>
    public static MeasuredAge? Worst(Plan plan, ImmutableArray<MeasuredStage> stages, ImmutableArray<MeasuredHop> hops)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var asked = plan.Outputs.Where(o => o.MostP99Ms is > 0).ToDictionary(o => o.Output, o => TimeSpan.FromMilliseconds(o.MostP99Ms!.Value));
        if (asked.Count == 0)
        {
            return null;
        }

        var behind = plan.Routes.ToLookup(r => r.From, r => r.To);
        var waiting = stages.Where(s => s.Oldest > TimeSpan.Zero).Select(s => (Place: s.ToString(), s.Operator, s.Oldest))
            .Concat(hops.Where(h => h.Oldest > TimeSpan.Zero).Select(h => (Place: h.ToString(), Operator: h.To, h.Oldest)));
        return
        (
            from place in waiting
            let outputs = Reached(place.Operator, behind).Where(asked.ContainsKey).OrderBy(o => asked[o]).ThenBy(o => o).Take(1).ToList()
            where outputs.Count > 0
            let age = new MeasuredAge(place.Place, place.Oldest, outputs[0], asked[outputs[0]])
            orderby age.Share descending, age.Place
            select age).FirstOrDefault();
    }

    /// <summary>As a sentence.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"An element waits for {Place} that was let in {Age.TotalMilliseconds:0} ms ago; results of '{Output}' may take {Objective.TotalMilliseconds:0} ms.");

    private static HashSet<OperatorId> Reached(OperatorId from, ILookup<OperatorId, OperatorId> behind)
    {
        var (reached, open) = (new HashSet<OperatorId> { from }, new Queue<OperatorId>([from]));
        while (open.TryDequeue(out var op))
        {
            foreach (var next in behind[op].Where(reached.Add))
            {
                open.Enqueue(next);
            }
        }

        return reached;
    }
}
