using System.Globalization;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>A line of a run's history: when, to the second and in universal time, and what.</summary>
internal static class HistoryLine
{
    private static readonly int MarkOfTime = Of(DateTimeOffset.UnixEpoch, "").Length;

    public static string Of(DateTimeOffset at, string what) => string.Create(CultureInfo.InvariantCulture, $"{at:u} {ControlProtocol.Line(what)}");

    /// <summary>What, without when.</summary>
    public static string What(string line) => line[Math.Min(MarkOfTime, line.Length)..];
}
