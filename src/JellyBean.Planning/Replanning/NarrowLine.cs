using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>A line between two tiers that is full with less than the plan in force has to send over it.</summary>
/// <param name="From">The tier that sends.</param>
/// <param name="To">The tier that receives.</param>
/// <param name="Carried">Bytes per second that it carries, which is all that it can.</param>
/// <param name="Needed">Bytes per second that the plan sends over it at what arrives.</param>
public sealed record NarrowLine(Tier From, Tier To, double Carried, double Needed)
{
    /// <summary>How many times what it carries is needed; 1 where it just does.</summary>
    public double Load => Needed / Carried;

    /// <summary>The line that lacks the most. Pure.</summary>
    /// <param name="plan">In force.</param>
    /// <param name="load">What arrives, as a multiple of what the plan was made for.</param>
    /// <param name="traffic">What is carried between tiers.</param>
    /// <param name="tierOf">A machine's tier; null where it has none, or several.</param>
    /// <returns>Null where no line is full; one that is full and yet carries what is needed has a load of 1 or less.</returns>
    public static NarrowLine? Worst(Plan plan, double load, ImmutableArray<MeasuredTraffic> traffic, Func<Infrastructure.WorkerId, Tier?> tierOf)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(tierOf);
        return
        (
            from line in traffic
            where line.IsFull && line.BytesPerSecond > 0
            let needed = load * plan.Routes.Where(r => tierOf(r.FromWorker) == line.From && tierOf(r.ToWorker) == line.To).Sum(r => r.BytesPerSecond)
            let narrow = new NarrowLine(line.From, line.To, line.BytesPerSecond, needed)
            orderby narrow.Load descending, narrow.From.Name, narrow.To.Name
            select narrow).FirstOrDefault();
    }

    /// <summary>As a sentence.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"The line from {From} to {To} is full and carries {Carried / 1e6:0.###} MB/s, where {Needed / 1e6:0.###} are needed.");
}
