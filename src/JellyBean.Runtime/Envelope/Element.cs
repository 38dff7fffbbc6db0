using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Envelope;

/// <summary>An element on its way through the workflow: the user's value and what the engine must know about it.</summary>
internal sealed class Element : Item
{
    public Element(Lineage lineage, long eventTicks, object value, long admittedAt, long epoch)
    {
        Lineage = lineage;
        EventTicks = eventTicks;
        EffectiveTicks = eventTicks;
        Value = value;
        AdmittedAt = admittedAt;
        Epoch = epoch;
    }

    /// <summary>Where it comes from.</summary>
    public Lineage Lineage { get; set; }

    /// <summary>When it happened: UTC ticks.</summary>
    public long EventTicks { get; set; }

    /// <summary>When joins and windows take it to have happened: for a late element, the latest event time that its source had reached.</summary>
    public long EffectiveTicks { get; set; }

    /// <summary>The user's value; for a header, what is kept of the divided element.</summary>
    public object Value { get; set; }

    /// <summary>When its source admitted it: a <see cref="System.Diagnostics.Stopwatch"/> time stamp. Of several contributors, the last.</summary>
    public long AdmittedAt { get; set; }

    /// <summary>How long before that it was taken, in the same ticks; 0 where that is not known.</summary>
    public long Age { get; init; }

    /// <summary>The plan in force when it was admitted.</summary>
    public long Epoch { get; }

    /// <summary>How many parts follow, if it is the header of a divided element; -1 otherwise.</summary>
    public int Parts { get; init; } = -1;

    /// <summary>Whether it is the header of a divided element: inference and routes pass it on unseen.</summary>
    public bool IsHeader => Parts >= 0;

    /// <summary>Whether its source had already passed its event time.</summary>
    public bool IsLate => EffectiveTicks > EventTicks;

    /// <summary>Another element at the same place in time: a child, a header, a copy.</summary>
    public Element Derive(Lineage lineage, object value, int parts = -1) =>
        new(lineage, EventTicks, value, AdmittedAt, Epoch) { EffectiveTicks = EffectiveTicks, Age = Age, Parts = parts };
}
