namespace Systems;

/// <summary>Its namespace begins like the framework's.</summary>
internal sealed record Probe(int Number);
