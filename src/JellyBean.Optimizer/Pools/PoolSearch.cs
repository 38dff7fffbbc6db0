using System.Diagnostics;
using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Programs;

namespace JellyBean.Optimizer.Pools;

/// <summary>Looks for the cheapest plan over all assignments: always on with the one that may still be the cheapest, until none can be.</summary>
/// <remarks>
/// Each assignment is first judged by what its machine time costs, then by its program without whole machines, and only then branched on. The search stops by work done, so that the same problem
/// and time limit give the same plan on every machine; the clock only stops what takes three times as long.
/// </remarks>
internal sealed class PoolSearch
{
    /// <summary>Cells of tableaus that half a core of an AMD EPYC changes in a second: what turns a time limit into work.</summary>
    private const double WorkPerSecond = 6e8;

    private const int MostAssignments = 2000;
    private const long Slice = 20_000_000;

    private readonly PriorityQueue<Candidate, (double Bound, int Number)> _open = new();
    private readonly PoolLayout _pools;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly int _spare;
    private readonly CancellationToken _cancellation;

    private PoolSearch(PoolLayout pools, List<Assignment> assignments, int spare, CancellationToken cancellation)
    {
        (_pools, _spare, _cancellation) = (pools, spare, cancellation);
        Assignments = assignments.Count;
        foreach (var (assignment, i) in assignments.Select((a, i) => (a, i)))
        {
            Push(new Candidate(assignment, i), assignment.LeastCost(pools));
        }
    }

    public int Assignments { get; }

    public int Looked { get; private set; }

    public int Nodes { get; private set; }

    public int Pivots { get; private set; }

    public long Work { get; private set; }

    /// <summary>The best solution found; null where there is none.</summary>
    public PoolSolution? Best { get; private set; }

    public double BestCost { get; private set; } = double.PositiveInfinity;

    /// <summary>No plan costs less than this.</summary>
    public double Bound => Math.Min(BestCost, _open.TryPeek(out _, out var first) ? first.Bound : double.PositiveInfinity);

    /// <summary>Whether everything was looked at.</summary>
    public bool IsExhausted => _open.Count == 0;

    /// <summary>A search, where the problem is one for pools and assignments are few; null elsewhere.</summary>
    public static PoolSearch? TryCreate(Layout layout, int spare = 0, CancellationToken cancellation = default) =>
        PoolLayout.TryCreate(layout) is { } pools && Pools.Assignments.Of(pools, MostAssignments) is { } assignments ? new PoolSearch(pools, assignments, spare, cancellation) : null;

    /// <summary>Searches.</summary>
    /// <param name="limit">How long at most, as work.</param>
    /// <param name="below">What plans must cost less than to be of interest.</param>
    /// <param name="gap">Part of the best cost by which a plan must be better to be looked for.</param>
    public void Run(TimeSpan limit, double below = double.PositiveInfinity, double gap = 1e-8)
    {
        BestCost = Math.Min(BestCost, below);
        var most = limit.TotalSeconds * WorkPerSecond;
        while (_open.TryDequeue(out var candidate, out var order))
        {
            if (order.Bound >= BestCost * (1 - gap))
            {
                _open.Clear();
                return;
            }

            _cancellation.ThrowIfCancellationRequested();
            if (Work >= most || _clock.Elapsed >= limit * SearchTime.Patience)
            {
                Push(candidate, order.Bound);
                return;
            }

            Explore(candidate, order.Bound, gap, most);
        }
    }

    private void Explore(Candidate candidate, double bound, double gap, double most)
    {
        if (candidate.Search is null)
        {
            Looked++;
            candidate.Program = new PoolProgram(_pools, candidate.Assignment, _spare);
            candidate.Search = new BranchAndBound(candidate.Program.Program);
        }

        var (work, nodes, pivots) = (candidate.Search.Work, candidate.Search.Nodes, candidate.Search.Pivots);
        if (candidate.Search.Explore(BestCost, gap, (long)Math.Min(Slice, most - Work)) is { } found)
        {
            BestCost = found.Cost;
            Best = candidate.Program!.Read(found.Values);
        }

        Work += candidate.Search.Work - work;
        Nodes += candidate.Search.Nodes - nodes;
        Pivots += candidate.Search.Pivots - pivots;
        if (double.IsFinite(candidate.Search.Bound))
        {
            Push(candidate, Math.Max(bound, candidate.Search.Bound));
        }
    }

    private void Push(Candidate candidate, double bound)
    {
        if (double.IsFinite(bound))
        {
            _open.Enqueue(candidate, (bound, candidate.Number));
        }
    }

    private sealed class Candidate(Assignment assignment, int number)
    {
        public Assignment Assignment { get; } = assignment;

        public int Number { get; } = number;

        public PoolProgram? Program { get; set; }

        public BranchAndBound? Search { get; set; }
    }
}
