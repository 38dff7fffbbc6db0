namespace JellyBean.Planning.Profiles;

/// <summary>The machine that a profile was measured on, as far as service times depend on it.</summary>
public sealed record MachineFingerprint
{
    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>Cores that the operating system shows.</summary>
    public required int Cores { get; init; }

    /// <summary>Operating system and architecture.</summary>
    public required string System { get; init; }

    /// <summary>Versions of .NET and of the model runtime.</summary>
    public required string Runtime { get; init; }
}
