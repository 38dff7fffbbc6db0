using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning;

namespace JellyBean.Optimizer;

/// <summary>How long a search has taken: as long as this process kept a processor busy, so that a machine that is busy with other things gives the same answer, only later.</summary>
/// <remarks>
/// Never more than the time by the clock, as other threads of the process may be busy, too; and never less than a third of it, so that no search takes longer than three times its limit. Thread-safe.
/// </remarks>
/// <param name="clock">The time since the search began, by the clock.</param>
/// <param name="processor">Processor time of this process since then.</param>
/// <param name="cancellation">Ends the search.</param>
internal sealed class SearchTime(Func<TimeSpan> clock, Func<TimeSpan> processor, CancellationToken cancellation)
{
    /// <summary>Time limits that the clock waits for on a machine that is busy with other things.</summary>
    public const double Patience = 3;

    public CancellationToken Cancellation => cancellation;

    /// <summary>By the clock.</summary>
    public TimeSpan Clock => clock();

    public TimeSpan Elapsed
    {
        get
        {
            var (byClock, busy) = (clock(), processor());
            return busy >= byClock ? byClock : busy > byClock / Patience ? busy : byClock / Patience;
        }
    }

    public static SearchTime Start(CancellationToken cancellation)
    {
        var (since, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        return new SearchTime(() => Stopwatch.GetElapsedTime(since), () => Environment.CpuUsage.TotalTime - busy, cancellation);
    }

    /// <summary>What is left of a limit; 0 where nothing is.</summary>
    /// <exception cref="OperationCanceledException">The search is to end.</exception>
    public TimeSpan LeftOf(TimeSpan limit)
    {
        cancellation.ThrowIfCancellationRequested();
        var left = limit - Elapsed;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>What to say where time ran out before a plan was found.</summary>
    public static string RanOut(PlanningOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"No plan was found within {options.TimeLimit.TotalSeconds:0.###} s of processor time, and none is proven not to exist: there may be one. Allow more with jellybean.planning.time-limit (on the command line --set jellybean.planning.time-limit={Math.Ceiling(options.TimeLimit.TotalSeconds * Patience)}s), ask for less, or leave out workers that need not be considered.");
}
