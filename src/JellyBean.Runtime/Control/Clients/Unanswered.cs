using System.Globalization;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>What is said where nobody has answered.</summary>
internal static class Unanswered
{
    /// <param name="time">For how long it was asked.</param>
    /// <param name="contacts">Whom, as <c>host:port</c>.</param>
    public static string Within(TimeSpan time, IEnumerable<string> contacts) => string.Create(
        CultureInfo.InvariantCulture, $"No coordinator has answered within {time.TotalSeconds:0.#} s at {string.Join(", ", contacts)}. Look whether nodes run there, and whether certificates fit.");
}
