namespace JellyBean.Runtime.Stages;

/// <summary>Spreads keys over a fixed number of groups; a group is owned, and moves, as a whole.</summary>
internal static class KeyGroup
{
    /// <summary>How many groups there are: the most instances that keys can be spread over.</summary>
    public const int Count = 128;

    // FNV-1a, 32 bits: the same on every node and in every run, unlike string.GetHashCode.
    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>The group of a key, from 0.</summary>
    public static int Of(string key)
    {
        var hash = OffsetBasis;
        foreach (var c in key)
        {
            hash = (hash ^ (c & 0xFFu)) * Prime;
            hash = (hash ^ (uint)(c >> 8)) * Prime;
        }

        // The low bits of FNV-1a alone are weak for short keys.
        return (int)((hash ^ (hash >> 16)) % Count);
    }
}
