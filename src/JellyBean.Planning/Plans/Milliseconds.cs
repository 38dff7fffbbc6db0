using System.Globalization;

namespace JellyBean.Planning.Plans;

/// <summary>Latencies in texts, always in the same form.</summary>
public static class Milliseconds
{
    /// <summary>As in <c>153 ms</c>; <c>without bound</c> where a machine on the way is busy nearly all the time.</summary>
    public static string Text(double milliseconds) => double.IsFinite(milliseconds) ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms") : "without bound";
}
