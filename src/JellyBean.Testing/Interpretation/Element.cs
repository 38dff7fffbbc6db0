using JellyBean.Workflows.Elements;

namespace JellyBean.Testing.Interpretation;

/// <summary>One item in a flow.</summary>
/// <param name="Lineage">Its identity and its place in the order.</param>
/// <param name="EventTime">When it happened.</param>
/// <param name="Reached">For what derives from a late element, the latest event time its source had given before it; null where it was on time.</param>
/// <param name="Value">What it carries.</param>
internal sealed record Element(Lineage Lineage, DateTimeOffset EventTime, DateTimeOffset? Reached, object Value)
{
    /// <summary>When it counts as having happened where late elements are admitted.</summary>
    public DateTimeOffset Effective => Reached ?? EventTime;

    public bool IsLate => Reached is not null;

    public static int ByLineage(Element a, Element b) => a.Lineage.CompareTo(b.Lineage);

    public static int ByTime(Element a, Element b)
    {
        var byTime = a.Effective.CompareTo(b.Effective);
        return byTime != 0 ? byTime : ByLineage(a, b);
    }
}
