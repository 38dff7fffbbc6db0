namespace JellyBean.Vision.Accuracy;

/// <summary>A box of which it is said whose it is: by the truth, or by what is held against it.</summary>
/// <param name="Frame">Which frame, from 0.</param>
/// <param name="Id">Whose; the same in all frames, and in all views where the truth covers several.</param>
/// <param name="Box">Where, in pixels of the frame.</param>
public sealed record LabelledBox(long Frame, long Id, Box Box)
{
    /// <summary>Whether it is in the truth only so that finding it counts neither as right nor as wrong.</summary>
    public bool IsIgnored { get; init; }
}
