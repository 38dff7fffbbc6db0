using JellyBean.Workflows;

namespace JellyBean.Runtime.Sources;

/// <summary>Holds up, lets go on and ends single sources while the others are read as before.</summary>
internal interface ISourceControl
{
    /// <summary>Reads no more of a source until it is resumed: a camera is let go of, its decoder ends. What it has offered is processed. Joins do not wait for it.</summary>
    /// <returns>Whether this call did it: not where the source is read elsewhere or is paused.</returns>
    bool Pause(SourceId source);

    /// <summary>Reads a source again: a file from where it was, a camera from now on; numbers go on.</summary>
    /// <returns>Whether this call did it.</returns>
    bool Resume(SourceId source);

    /// <summary>Ends a source as if it had come to its end: what it has offered is processed.</summary>
    /// <returns>Whether the source is read here.</returns>
    bool End(SourceId source);
}
