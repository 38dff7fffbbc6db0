namespace JellyBean.Workflows.Models;

/// <summary>What planning needs to know of a variant, whatever its types.</summary>
public interface IVariant
{
    /// <summary>The variant's stable name within its model, as in <c>nanodet-352</c>.</summary>
    string Name { get; }

    /// <summary>Most elements one run can take.</summary>
    int MaxBatch { get; }

    /// <summary>The files that it is loaded from: what was measured of it holds as long as they are the same.</summary>
    IReadOnlyList<string> Files { get; }
}
