namespace JellyBean.Workflows.Flows;

/// <summary>What a join or window does with an element whose event time is before what its source has already passed.</summary>
public enum LatePolicy
{
    /// <summary>Leave it out, and count it.</summary>
    Drop,

    /// <summary>Take it as if it had happened at the time its source has reached, and count it.</summary>
    Admit,
}
