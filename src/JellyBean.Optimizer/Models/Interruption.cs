using Google.OrTools.LinearSolver;

namespace JellyBean.Optimizer.Models;

/// <summary>Looks every now and then whether a solve is to end, and ends it: the solver itself knows only the clock.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private bool _isOver;

    /// <param name="solver">The solver; it must live until this is disposed.</param>
    /// <param name="isDue">Whether the solve is to end.</param>
    public Interruption(Solver solver, Func<bool> isDue) => _timer = new Timer(
        _ =>
        {
            lock (_gate)
            {
                if (!_isOver && isDue())
                {
                    // A solve that has only just begun forgets it; the next look tells it again.
                    solver.InterruptSolve();
                }
            }
        },
        null,
        Interval,
        Interval);

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _timer.Dispose();
    }
}
