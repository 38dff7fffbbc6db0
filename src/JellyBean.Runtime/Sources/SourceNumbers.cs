namespace JellyBean.Runtime.Sources;

/// <summary>The numbers of elements. Those of a source that can be read again are its places, from 0.</summary>
/// <remarks>
/// A live source that goes on after a crash takes numbers of a block that belongs to the epoch: epochs are never given twice, so neither are numbers, whoever
/// had read it before and however far. In decimals, a number shows both: 3000000000017 is element 17 of those offered since epoch 3 began.
/// </remarks>
internal static class SourceNumbers
{
    // A thousand elements a second for thirty years, and nine million epochs.
    private const long Block = 1_000_000_000_000;

    /// <summary>The first number of an epoch's block.</summary>
    public static long FirstIn(long epoch) => checked(epoch * Block);

    /// <summary>The first number of the block that a number is in.</summary>
    public static long FirstBefore(long number) => number - (number % Block);
}
