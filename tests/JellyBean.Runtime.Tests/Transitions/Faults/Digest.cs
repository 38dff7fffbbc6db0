using System.Globalization;
using System.Numerics;
using System.Text;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>Takes what a situation is made of, one thing after the other: as a number to know it again by, or as text.</summary>
internal sealed class Digest(StringBuilder? text = null)
{
    private ulong _low = 0x9E3779B97F4A7C15;
    private ulong _high = 0xC2B2AE3D27D4EB4F;

    public UInt128 Value => new(_high, _low);

    public Digest Add(long value)
    {
        text?.Append(CultureInfo.InvariantCulture, $"{value} ");
        _low = Mix(_low ^ (ulong)value, 0xFF51AFD7ED558CCD);
        _high = Mix(_high + (ulong)value, 0xC4CEB9FE1A85EC53);
        return this;
    }

    // That there is none is not the same as any value.
    public Digest Add(long? value) => Add(value ?? long.MinValue);

    public Digest Add(bool value) => Add(value ? 1 : 0);

    public Digest Add(string? value)
    {
        if (text is not null)
        {
            text.Append(value).Append(' ');
        }

        foreach (var letter in value ?? "\0")
        {
            _low = Mix(_low ^ letter, 0xFF51AFD7ED558CCD);
            _high = Mix(_high + letter, 0xC4CEB9FE1A85EC53);
        }

        // Where it ends.
        _low = Mix(_low ^ 0x10000, 0xFF51AFD7ED558CCD);
        return this;
    }

    private static ulong Mix(ulong value, ulong factor)
    {
        value *= factor;
        return value ^ BitOperations.RotateLeft(value, 29);
    }
}
