using System.Collections.Immutable;

namespace JellyBean.Hosting.Configuration;

/// <summary>What the command line says of a node, or of a program that asks a cluster something; null or empty where it says nothing.</summary>
internal sealed record NodeRequest
{
    public string? Name { get; init; }

    public ImmutableArray<string> Roles { get; init; } = [];

    public string? Type { get; init; }

    public ImmutableArray<string> Join { get; init; } = [];

    public string? Listen { get; init; }

    public string? Advertise { get; init; }

    public string? Data { get; init; }

    public string? Certificates { get; init; }

    public bool AllowsPlaintext { get; init; }

    public bool IsBeside { get; init; }
}
