using System.Globalization;
using Akka.Actor;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>What is said where nobody has answered.</summary>
internal static class Unanswered
{
    /// <param name="time">For how long it was asked.</param>
    /// <param name="contacts">Whom.</param>
    public static string Within(TimeSpan time, IEnumerable<Address> contacts) => string.Create(
        CultureInfo.InvariantCulture, $"No coordinator has answered within {time.TotalSeconds:0.#} s at {string.Join(", ", contacts.Select(c => $"{c.Host}:{c.Port}"))}. Look whether nodes run there, and whether certificates fit.");
}
