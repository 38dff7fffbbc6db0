namespace JellyBean.Vision.Tracking;

/// <summary>Optimal assignment: as many allowed pairs as possible, and among those answers the cheapest.</summary>
/// <remarks>Kuhn's Hungarian method with potentials, one shortest path per row, as Jonker and Volgenant (1987) order it; O(rows² × columns).</remarks>
internal static class Assignment
{
    /// <summary>Marks a pair that is not allowed.</summary>
    public const double Forbidden = double.PositiveInfinity;

    // More than all allowed costs of a matching together, so that a pair more is always worth it; costs are at most a few units each.
    private const double Penalty = 1e6;

    /// <param name="costs">[rows, columns], each from 0 to 10, or <see cref="Forbidden"/>.</param>
    /// <returns>Column of each row, -1 where it has none.</returns>
    public static int[] Solve(double[,] costs)
    {
        var (rows, columns) = (costs.GetLength(0), costs.GetLength(1));
        var columnOf = new int[rows];
        Array.Fill(columnOf, -1);
        if (rows == 0 || columns == 0)
        {
            return columnOf;
        }

        if (rows <= columns)
        {
            var rowOf = Match(rows, columns, (r, c) => costs[r, c]);
            for (var c = 0; c < columns; c++)
            {
                Take(rowOf[c], c);
            }
        }
        else
        {
            var columnFor = Match(columns, rows, (c, r) => costs[r, c]);
            for (var r = 0; r < rows; r++)
            {
                Take(r, columnFor[r]);
            }
        }

        return columnOf;

        void Take(int row, int column)
        {
            if (row >= 0 && column >= 0 && !double.IsPositiveInfinity(costs[row, column]))
            {
                columnOf[row] = column;
            }
        }
    }

    /// <returns>For each of the many, which of the few it is given, or -1.</returns>
    private static int[] Match(int few, int many, Func<int, int, double> cost)
    {
        // Index 0 of the second dimension is the path's start; see the source for the role of the potentials.
        var potential = new double[few + 1];
        var potentialOfMany = new double[many + 1];
        var owner = new int[many + 1];
        var before = new int[many + 1];
        var shortest = new double[many + 1];
        var done = new bool[many + 1];
        for (var i = 1; i <= few; i++)
        {
            owner[0] = i;
            Array.Fill(shortest, double.MaxValue);
            Array.Clear(done);
            var at = 0;
            do
            {
                done[at] = true;
                var (row, next, delta) = (owner[at], -1, double.MaxValue);
                for (var j = 1; j <= many; j++)
                {
                    if (done[j])
                    {
                        continue;
                    }

                    var reduced = Math.Min(cost(row - 1, j - 1), Penalty) - potential[row] - potentialOfMany[j];
                    if (reduced < shortest[j])
                    {
                        (shortest[j], before[j]) = (reduced, at);
                    }

                    if (shortest[j] < delta)
                    {
                        (delta, next) = (shortest[j], j);
                    }
                }

                for (var j = 0; j <= many; j++)
                {
                    if (done[j])
                    {
                        potential[owner[j]] += delta;
                        potentialOfMany[j] -= delta;
                    }
                    else
                    {
                        shortest[j] -= delta;
                    }
                }

                at = next;
            }
            while (owner[at] != 0);

            while (at != 0)
            {
                owner[at] = owner[before[at]];
                at = before[at];
            }
        }

        return [.. owner.Skip(1).Select(o => o - 1)];
    }
}
