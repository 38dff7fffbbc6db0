using System.Collections.Immutable;

namespace JellyBean.Runtime.Calibration;

/// <summary>How much a calibration looks at.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Elements that are measured, over all sources.</summary>
    /// <value>1 or more; 48 unless set. More gives steadier fan-outs and sizes, and takes longer.</value>
    public int Elements { get; init; } = 48;

    /// <summary>Of so many elements of a source at most one is measured, so that what is measured is spread over time.</summary>
    /// <value>1 or more; 4 unless set.</value>
    public int Stride { get; init; } = 4;

    /// <summary>Where an operator remembers elements, as a tracker does: how many consecutive elements lead up to those that are measured, so that what is remembered is what it would be.</summary>
    /// <value>
    /// 0 or more; 8 unless set. More tells better what remembers for long, and takes longer: a model has to answer them all. Of people tracked at 10 frames per second, frames 3 seconds apart gave a fifth of the tracks
    /// that all frames give, 2 frames before each 83 to 90 % and 8 about 93 %, 30 all of them.
    /// </value>
    public int LeadIn { get; init; } = 8;

    /// <summary>Where an operator remembers elements: how many of them are measured one after the other, behind what leads up to them.</summary>
    /// <value>1 or more; 2 unless set. Fewer spread what is measured more, and need more that leads up to it.</value>
    public int Together { get; init; } = 2;

    /// <summary>Where an operator remembers elements: how many passages of consecutive elements each variant answers at least, so that it is known what follows from it.</summary>
    /// <value>1 or more; 4 unless set.</value>
    public int Passages { get; init; } = 4;

    /// <summary>How long sources together are read for elements that are spread over them; a source that cannot be read again is read no further than for those that are measured.</summary>
    /// <value>8 seconds unless set. What is in a picture changes over time: the beginning alone may have half as much in it as the rest.</value>
    public TimeSpan Reading { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long the models together may be measured.</summary>
    /// <value>16 seconds unless set. Single elements are measured always. What the variants answer for the operators behind them has as much again.</value>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(16);

    /// <summary>The largest batch that is tried; sizes are the powers of two up to it, and up to the variant's own limit.</summary>
    /// <value>1 or more; 4 unless set. Larger batches gain little on a processor.</value>
    public int LargestBatch { get; init; } = 4;

    /// <summary>How well a mean must be known before its measuring ends: its standard error, as a part of it.</summary>
    /// <value>Above 0; 0.03 unless set.</value>
    public double Precision { get; init; } = 0.03;

    /// <summary>Fewest runs of a variant at a batch size.</summary>
    /// <value>2 or more; 3 unless set.</value>
    public int FewestRuns { get; init; } = 3;

    /// <summary>Whether larger batches are left out once the time is over; else each size has at least its fewest runs.</summary>
    /// <value>They are, unless set.</value>
    public bool MayLeaveOut { get; init; } = true;

    /// <summary>Whether variants are measured also while the machine's other cores are busy, with themselves and with the most expensive variant of another model.</summary>
    /// <value>Not, unless set. It takes about three times as long.</value>
    public bool MeasureCoRunning { get; init; }

    /// <summary>What the command <c>profile</c> looks at unless told otherwise: enough for percentiles, in minutes.</summary>
    public static CalibrationOptions Thorough { get; } = new()
    {
        Elements = 96,
        Stride = 8,
        LeadIn = 30,
        Together = 4,
        Passages = 8,
        Reading = TimeSpan.FromSeconds(20),
        Budget = TimeSpan.FromMinutes(4),
        LargestBatch = 8,
        Precision = 0.01,
        FewestRuns = 10,
        MayLeaveOut = false,
        MeasureCoRunning = true,
    };

    /// <summary>How long a live source may give nothing: then what it has given must do.</summary>
    internal TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The batch sizes to try.</summary>
    internal ImmutableArray<int> BatchSizes => [.. Enumerable.Range(0, 31).Select(i => 1 << i).TakeWhile(size => size <= LargestBatch)];
}
