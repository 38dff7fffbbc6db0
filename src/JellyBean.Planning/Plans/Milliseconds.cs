using System.Globalization;

namespace JellyBean.Planning.Plans;

/// <summary>Latencies in texts, always in the same form.</summary>
public static class Milliseconds
{
    private const double Few = 10;
    private const double Least = 0.1;

    /// <summary>A bound, as in <c>at most 153 ms</c>, <c>under 0.1 ms</c>; <c>without bound</c> where there is none.</summary>
    public static string AtMost(double milliseconds) => double.IsFinite(milliseconds) && (milliseconds is <= 0 or >= Least) ? $"at most {Text(milliseconds)}" : Text(milliseconds);

    /// <summary>As in <c>153 ms</c>, <c>1.4 ms</c>, <c>under 0.1 ms</c>; <c>without bound</c> where a machine on the way is busy nearly all the time.</summary>
    public static string Text(double milliseconds) => milliseconds switch
    {
        _ when !double.IsFinite(milliseconds) => "without bound",
        > 0 and < Least => "under 0.1 ms",
        < Few => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
    };
}
