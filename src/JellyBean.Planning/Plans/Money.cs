using System.Globalization;

namespace JellyBean.Planning.Plans;

/// <summary>Money in texts, always in the same form.</summary>
public static class Money
{
    /// <summary>What prices per hour are in, as in <c>$/h</c> or <c>EUR/h</c>.</summary>
    public static string Unit(string currency) => currency == "USD" ? "$/h" : $"{currency}/h";

    /// <summary>A price per hour, as in <c>0.0350 $/h</c>.</summary>
    public static string PerHour(double value, string currency) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0000} {Unit(currency)}");
}
