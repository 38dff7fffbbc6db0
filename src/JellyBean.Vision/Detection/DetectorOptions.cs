using System.Collections.Immutable;
using System.Globalization;

namespace JellyBean.Vision.Detection;

/// <summary>What the variants of a detector report.</summary>
public sealed record DetectorOptions
{
    private const int LastClass = 79;

    /// <summary>Everything at its default.</summary>
    public static DetectorOptions Default { get; } = new();

    /// <summary>Least score of a box.</summary>
    /// <value>0–1; 0.1 unless set, because the tracker makes use of unsure boxes. For pictures alone, 0.4 is about right.</value>
    public float MinScore { get; init; } = 0.1f;

    /// <summary>Largest overlap of two boxes of one class.</summary>
    /// <value>0–1; 0.5 unless set.</value>
    public float MaxIoU { get; init; } = 0.5f;

    /// <summary>Most boxes of a frame; the surest stay.</summary>
    /// <value>1 or more; 100 unless set, as CenterNet's authors have it.</value>
    public int MaxBoxes { get; init; } = 100;

    /// <summary>COCO classes to report, 0–79.</summary>
    /// <value>0, people, unless set.</value>
    public ImmutableArray<int> Classes { get; init; } = [0];

    /// <summary>Most frames in one run.</summary>
    /// <value>8 unless set.</value>
    public int MaxBatch { get; init; } = 8;

    /// <summary>The folder of the model files.</summary>
    /// <value>The cache's, unless set.</value>
    public string Folder { get; init; } = Workflows.Models.ModelCache.Models;

    /// <summary>What is wrong with them, all at once: a detector of nothing would run, and find nothing.</summary>
    internal IEnumerable<string> Errors()
    {
        if (Classes.IsDefaultOrEmpty)
        {
            yield return Text($"{nameof(Classes)} is empty; allowed: one class at least, 0 to {LastClass}, as in [0] for people.");
        }
        else if (Classes.Where(c => c is < 0 or > LastClass).ToList() is { Count: > 0 } unknown)
        {
            yield return Text($"{nameof(Classes)} has {string.Join(", ", unknown)}; allowed: 0 to {LastClass}.");
        }

        if (MinScore is not (>= 0 and <= 1))
        {
            yield return Text($"{nameof(MinScore)} is {MinScore}; allowed: 0 to 1.");
        }

        if (MaxIoU is not (>= 0 and <= 1))
        {
            yield return Text($"{nameof(MaxIoU)} is {MaxIoU}; allowed: 0 to 1.");
        }

        if (MaxBoxes < 1)
        {
            yield return Text($"{nameof(MaxBoxes)} is {MaxBoxes}; allowed: 1 or more.");
        }

        if (MaxBatch < 1)
        {
            yield return Text($"{nameof(MaxBatch)} is {MaxBatch}; allowed: 1 or more.");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
