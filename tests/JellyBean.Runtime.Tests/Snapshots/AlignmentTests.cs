using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Tests.Snapshots;

public sealed class AlignmentTests
{
    /// <summary>Every order in which three inputs bring their barriers, miss some, and close: what is given on is what all open ones have brought, each number once, ascending.</summary>
    [Fact]
    public void Alignment_any_interleaving_gives_a_barrier_when_the_last_open_input_has_brought_it()
    {
        // What each input brings: barriers by number, 0 for its end. The second source never heard of snapshot 1, the third ends early.
        int[][] inputs = [[1, 2, 0], [2, 0], [1, 0]];
        var runs = 0;

        Explore([], [0, 0, 0]);

        Assert.Equal(Multinomial(3, 2, 2), runs);

        void Explore(List<(int Input, int What)> history, int[] at)
        {
            var ended = true;
            for (var i = 0; i < inputs.Length; i++)
            {
                if (at[i] < inputs[i].Length)
                {
                    ended = false;
                    int[] next = [.. at];
                    next[i]++;
                    Explore([.. history, (i, inputs[i][at[i]])], next);
                }
            }

            if (ended)
            {
                runs++;
                Check(history);
            }
        }
    }

    private static void Check(List<(int Input, int What)> history)
    {
        var alignment = new Alignment(3);
        var (arrived, closed) = (new long[3], new bool[3]);
        var given = 0L;
        foreach (var (input, what) in history)
        {
            var result = what > 0 ? alignment.Arrive(input, what) : alignment.Close(input);

            (arrived[input], closed[input]) = what > 0 ? (what, closed[input]) : (arrived[input], true);
            var newest = arrived.Max();
            var isWhole = newest > given && Enumerable.Range(0, 3).All(i => closed[i] || arrived[i] == newest);
            Assert.Equal(isWhole ? newest : null, result);
            given = result ?? given;
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(newest > given && arrived[i] == newest, alignment.Holds(i));
                Assert.Equal(newest > given && arrived[i] < newest && !closed[i], alignment.Awaits(i));
            }
        }
    }

    private static int Multinomial(params int[] counts) => Factorial(counts.Sum()) / counts.Aggregate(1, (product, count) => product * Factorial(count));

    private static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
