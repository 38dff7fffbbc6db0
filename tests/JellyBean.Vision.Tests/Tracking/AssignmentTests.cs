using CsCheck;
using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Tests.Tracking;

public sealed class AssignmentTests
{
    [Fact]
    public void Solve_equals_trying_everything() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Double[0, 2].Array[36], Gen.Int[0, 3].Array[36]).Sample((rows, columns, numbers, gates) =>
        {
            var costs = new double[rows, columns];
            for (var i = 0; i < rows * columns; i++)
            {
                costs[i / columns, i % columns] = gates[i] == 0 ? Assignment.Forbidden : numbers[i];
            }

            var solved = Assignment.Solve(costs);

            var pairs = solved.Index().Where(p => p.Item >= 0).ToList();
            Assert.Equal(pairs.Count, pairs.Select(p => p.Item).Distinct().Count());
            Assert.All(pairs, p => Assert.True(double.IsFinite(costs[p.Index, p.Item])));
            var (count, cost) = Best(costs, 0, []);
            Assert.Equal(count, pairs.Count);
            Assert.Equal(cost, pairs.Sum(p => costs[p.Index, p.Item]), 1e-6);
        });

    private static (int Count, double Cost) Best(double[,] costs, int row, HashSet<int> used)
    {
        if (row == costs.GetLength(0))
        {
            return (0, 0);
        }

        var best = Best(costs, row + 1, used);
        for (var column = 0; column < costs.GetLength(1); column++)
        {
            if (double.IsFinite(costs[row, column]) && used.Add(column))
            {
                var rest = Best(costs, row + 1, used);
                used.Remove(column);
                var candidate = (rest.Count + 1, rest.Cost + costs[row, column]);
                if (candidate.Item1 > best.Count || (candidate.Item1 == best.Count && candidate.Item2 < best.Cost))
                {
                    best = candidate;
                }
            }
        }

        return best;
    }
}
