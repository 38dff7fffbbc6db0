namespace JellyBean.Runtime;

/// <summary>What of a machine a workflow keeps busy, or is to.</summary>
/// <param name="Cores">Cores, in those that the node says it has.</param>
/// <param name="MemoryBytes">Memory, bytes.</param>
public readonly record struct MachineShare(double Cores, long MemoryBytes)
{
    /// <summary>Both together.</summary>
    public static MachineShare operator +(MachineShare a, MachineShare b) => new(a.Cores + b.Cores, a.MemoryBytes + b.MemoryBytes);

    /// <inheritdoc cref="op_Addition" />
    public static MachineShare Add(MachineShare left, MachineShare right) => left + right;
}
