namespace JellyBean.Workflows.Models;

/// <summary>Where a variant is loaded: a processor and what it may use of it.</summary>
public sealed record Device
{
    /// <summary>One core of the host's processor.</summary>
    public static Device OneCore { get; } = new();

    /// <summary>The kind of processor.</summary>
    public DeviceKind Kind { get; init; } = DeviceKind.Cpu;

    /// <summary>Which of several accelerators, from 0; unused for <see cref="DeviceKind.Cpu"/>.</summary>
    public int Index { get; init; }

    /// <summary>Most threads that one run of the model may use on the processor.</summary>
    /// <value>1 or more; 1 unless set. Throughput grows better with instances than with threads; threads lower the latency of one batch.</value>
    public int Threads { get; init; } = 1;
}
