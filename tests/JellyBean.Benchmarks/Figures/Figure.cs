namespace JellyBean.Benchmarks.Figures;

/// <summary>Something the project promises, with the measurement that shows it.</summary>
/// <param name="Id">As documents name it, as in <c>engine.overhead</c>.</param>
/// <param name="Columns">What the numbers are, with their units.</param>
/// <param name="Holds">What must hold, for people.</param>
/// <param name="MeasureAsync">Measures; takes a size, where the figure has one.</param>
internal sealed record Figure(string Id, IReadOnlyList<string> Columns, string Holds, Func<double?, Task<FigureValue>> MeasureAsync);

/// <summary>What a measurement gave.</summary>
/// <param name="Numbers">One per column.</param>
/// <param name="IsConclusive">Whether the machine was quiet enough to tell; if not, the numbers prove nothing.</param>
internal sealed record FigureValue(IReadOnlyList<double> Numbers, bool IsConclusive = true)
{
    /// <summary>Why nothing could be measured here; null where something was.</summary>
    public string? Skipped { get; private init; }

    /// <summary>Nothing was measured: what it needs is not on this machine.</summary>
    public static FigureValue Skip(string reason) => new([], IsConclusive: false) { Skipped = reason };
}
