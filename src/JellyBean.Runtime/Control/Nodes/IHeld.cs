namespace JellyBean.Runtime.Control.Nodes;

/// <summary>A part of a plan that a node holds, as far as its decisions look at it.</summary>
internal interface IHeld
{
    long Epoch { get; }

    /// <summary>Whether it is compiled, loaded and opened, and not being let go.</summary>
    bool IsReady { get; }

    /// <summary>Whether elements flow through it.</summary>
    bool IsStarted { get; }
}
