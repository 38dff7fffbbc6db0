namespace MachineAlarms;

/// <summary>What a machine's sensors say at a moment.</summary>
/// <param name="Machine">Which machine.</param>
/// <param name="Second">When, in seconds since the file begins.</param>
/// <param name="Temperature">Above the machine's usual one, in degrees Celsius.</param>
/// <param name="Vibration">Above the machine's usual one, in millimetres per second.</param>
public sealed record Reading(string Machine, double Second, float Temperature, float Vibration);

/// <summary>A reading, and how likely it is that something is wrong.</summary>
/// <param name="Reading">The reading.</param>
/// <param name="Probability">0 to 1.</param>
public sealed record Scored(Reading Reading, float Probability);

/// <summary>A machine whose readings look wrong several times in a row.</summary>
/// <param name="Machine">Which machine.</param>
/// <param name="Second">When the alarm was raised, in seconds since the file begins.</param>
/// <param name="Probability">The last reading's, 0 to 1.</param>
public sealed record Alarm(string Machine, double Second, float Probability);
