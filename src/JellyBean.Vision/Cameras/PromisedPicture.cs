using System.Collections.Immutable;

namespace JellyBean.Vision.Cameras;

/// <summary>A picture that a file promises.</summary>
/// <param name="Stamp">Its presentation time by the file's account.</param>
/// <param name="Time">How long after the first one it is shown. Never less than that of the one before.</param>
internal readonly record struct PromisedPicture(TimeSpan Stamp, TimeSpan Time)
{
    // A longer one is none: a clock was set, or a bit of a stamp is wrong, of which the uppermost is 13 hours in a transport stream.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    // Decoding times may be rounded, but do not fall.
    private const int FramesOfRounding = 2;

    /// <summary>Puts the pictures of a file in the order in which they are shown.</summary>
    /// <remarks>Where several recordings lie one behind the other, or the camera's clock was set, stamps begin anew: those pictures come behind the others, a frame later.</remarks>
    /// <param name="packets">Presentation and decoding time of each packet, as they lie in the file; no decoding time where it is not told.</param>
    /// <param name="frameTime">From one picture to the next.</param>
    public static ImmutableArray<PromisedPicture> InOrder(IReadOnlyList<(TimeSpan Shown, TimeSpan? Decoded)> packets, TimeSpan frameTime)
    {
        var pictures = ImmutableArray.CreateBuilder<PromisedPicture>(packets.Count);
        var shift = TimeSpan.Zero;
        for (int begin = 0, end; begin < packets.Count; begin = end)
        {
            end = begin + 1;
            while (end < packets.Count && IsNext(packets[end - 1].Decoded, packets[end].Decoded, frameTime))
            {
                end++;
            }

            foreach (var stamp in packets.Skip(begin).Take(end - begin).Select(p => p.Shown).Order())
            {
                if (pictures.Count == 0)
                {
                    shift = -stamp;
                }
                else if (IsTurn(pictures[^1].Stamp, stamp))
                {
                    shift = pictures[^1].Time + frameTime - stamp;
                }

                pictures.Add(new PromisedPicture(stamp, stamp + shift));
            }
        }

        return pictures.DrainToImmutable();
    }

    /// <summary>Whether stamps begin anew between two pictures, one shown after the other.</summary>
    public static bool IsTurn(TimeSpan before, TimeSpan stamp) => stamp < before || stamp - before > LongestPause;

    private static bool IsNext(TimeSpan? before, TimeSpan? decoded, TimeSpan frameTime) =>
        before is null || decoded is null || !IsTurn(before.Value - (FramesOfRounding * frameTime), decoded.Value);
}
