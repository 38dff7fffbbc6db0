namespace JellyBean.Workflows;

/// <summary>Finds the name that somebody has mistyped.</summary>
internal static class Spelling
{
    private const int MostLetters = 64;
    private const int MostCandidates = 2;

    /// <summary>Ends a message about a name that is not known.</summary>
    /// <param name="found">The name.</param>
    /// <param name="known">Those that there are.</param>
    /// <returns>A sentence with the blank before it, as in <c> Did you mean 'edge'?</c>; empty where none is near, or so many are that the slip is not in the spelling.</returns>
    public static string DidYouMean(string found, IEnumerable<string> known)
    {
        var near = (from name in known.Distinct(StringComparer.Ordinal)
                    where found.Length is > 0 and <= MostLetters && name.Length <= MostLetters
                    let distance = Distance(found.ToUpperInvariant(), name.ToUpperInvariant())
                    where 3 * distance <= Math.Max(found.Length, name.Length)
                    orderby distance, name.Length, name
                    group name by distance).FirstOrDefault()?.ToList() ?? [];
        return near.Count is 0 or > MostCandidates ? "" : $" Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?";
    }

    /// <summary>Letters to add, remove, replace, or swap with their neighbour.</summary>
    /// <remarks>Optimal string alignment; a row for each letter of the first word, of which the last three are kept.</remarks>
    private static int Distance(string one, string other)
    {
        int[] beforeLast = [], last = [.. Enumerable.Range(0, other.Length + 1)];
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[^1];
    }
}
