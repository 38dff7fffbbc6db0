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

    /// <summary>Whether loading computes only on the thread that asks for it and on threads that it starts itself, never on those of the pool.</summary>
    /// <remarks>
    /// Then a variant is loaded at the least urgent priority while elements flow. On Linux threads inherit it from whoever starts them: threads of the pool, which a loading that calls <c>Task.Run</c>
    /// starts, would keep it for whatever they do later.
    /// </remarks>
    bool LoadsOnOwnThreads { get; }
}
