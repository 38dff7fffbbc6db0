using System.Text.Json;
using System.Text.Json.Nodes;

namespace PedestrianTracking.Tests;

/// <summary>The accuracies that ship with the example, as the file has them.</summary>
internal static class ShippedAccuracies
{
    public static IReadOnlyList<ShippedCombination> Read() =>
    [
        .. from measurement in File()["measurements"]!.AsArray()
           from combination in measurement!["combinations"]!.AsArray()
           select new ShippedCombination(
               combination["variants"].Deserialize<SortedDictionary<string, string>>()!,
               combination["metrics"].Deserialize<SortedDictionary<string, double>>()!,
               measurement["provenance"]!.GetValue<string>()),
    ];

    private static JsonNode File() => JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "accuracies.json")))!;
}

/// <summary>What ships of a combination of variants.</summary>
/// <param name="Variants">By operator.</param>
/// <param name="Metrics">Values by metric.</param>
/// <param name="Provenance">The command that reproduces them.</param>
internal sealed record ShippedCombination(IReadOnlyDictionary<string, string> Variants, IReadOnlyDictionary<string, double> Metrics, string Provenance);
