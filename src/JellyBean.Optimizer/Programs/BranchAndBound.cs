namespace JellyBean.Optimizer.Programs;

/// <summary>Branch and bound over one program, in slices: the most promising node first, then down to one of its children while that lasts.</summary>
internal sealed class BranchAndBound
{
    private const double Whole = 1e-7;

    private readonly LinearProgram _program;
    private readonly int[] _integers;
    private readonly PriorityQueue<Node, (double, int)> _open = new();
    private DualSimplex? _simplex;
    private int _made;

    public BranchAndBound(LinearProgram program)
    {
        _program = program;
        _integers = [.. Enumerable.Range(0, program.Columns.Count).Where(j => program.Columns[j].IsInteger)];
        Push(new Node([.. _integers.Select(j => program.Columns[j].Lower)], [.. _integers.Select(j => program.Columns[j].Upper)], 0));
    }

    /// <summary>No solution that has not been found yet costs less.</summary>
    public double Bound => _open.TryPeek(out var node, out _) ? node.Bound : double.PositiveInfinity;

    public int Nodes { get; private set; }

    public int Pivots => _simplex?.Pivots ?? 0;

    public long Work => _simplex?.Work ?? 0;

    /// <summary>Goes on until the most promising node leads nowhere anymore.</summary>
    /// <param name="limit">What solutions must cost less than.</param>
    /// <param name="gap">Part of the limit by which a solution must be better to count.</param>
    /// <param name="work">Most work after which to stop.</param>
    /// <returns>The best solution found below the limit; null where there is none.</returns>
    public (double Cost, double[] Values)? Explore(double limit, double gap, long work)
    {
        _simplex ??= new DualSimplex(_program);
        var best = default((double Cost, double[] Values)?);
        var until = _simplex.Work + work;
        var node = _open.Count > 0 ? _open.Dequeue() : null;
        while (node is not null)
        {
            var target = Target(limit, gap);
            if (node.Bound >= target || !Solve(node, target))
            {
                node = null;
                continue;
            }

            if (Found(out var cost, out var values) && cost < limit)
            {
                (limit, best) = (cost, (cost, values));
            }

            node = Branch(limit, gap);
            if (node is not null && _simplex.Work > until)
            {
                Push(node);
                break;
            }
        }

        while (_open.TryPeek(out var next, out _) && next.Bound >= Target(limit, gap))
        {
            _open.Dequeue();
        }

        return best;
    }

    private static double Target(double limit, double gap) => double.IsFinite(limit) ? limit * (1 - gap) : limit;

    private bool Solve(Node node, double limit)
    {
        Nodes++;
        for (var k = 0; k < _integers.Length; k++)
        {
            var column = _integers[k];
            if (_simplex!.Lower(column) != node.Lower[k] || _simplex.Upper(column) != node.Upper[k])
            {
                _simplex.SetBounds(column, node.Lower[k], node.Upper[k]);
            }
        }

        return _simplex!.Solve(limit);
    }

    /// <summary>The solution if it is whole, or rounded up where that breaks no row: more machines than needed are still a plan.</summary>
    private bool Found(out double cost, out double[] values)
    {
        values = new double[_program.Columns.Count];
        cost = 0;
        for (var j = 0; j < values.Length; j++)
        {
            var value = _simplex![j];
            values[j] = _program.Columns[j].IsInteger ? Math.Ceiling(value - Whole) : Math.Max(value, 0);
            cost += _program.Columns[j].Cost * values[j];
        }

        foreach (var row in _program.Rows)
        {
            var sum = 0.0;
            foreach (var (column, factor) in row.Terms)
            {
                sum += factor * values[column];
            }

            if (sum > row.Right + 1e-6 || (row.IsEqual && sum < row.Right - 1e-6))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Divides where a fraction weighs most, decisions that cost nothing themselves first, as no rounding mends them; gives the nearer child and keeps the other.</summary>
    private Node? Branch(double limit, double gap)
    {
        var (at, most) = (-1, 0.0);
        for (var k = 0; k < _integers.Length; k++)
        {
            var value = _simplex![_integers[k]];
            var fraction = Math.Abs(value - Math.Round(value));
            var cost = _program.Columns[_integers[k]].Cost;
            var weight = cost > 0 ? fraction * cost : double.MaxValue * fraction;
            if (fraction > Whole && weight > most)
            {
                (at, most) = (k, weight);
            }
        }

        var bound = _simplex!.Cost;
        if (at < 0 || bound >= Target(limit, gap))
        {
            return null;
        }

        var split = _simplex[_integers[at]];
        double[] lower = [.. _integers.Select(_simplex.Lower)], upper = [.. _integers.Select(_simplex.Upper)];
        double[] raised = [.. lower], lowered = [.. upper];
        raised[at] = Math.Ceiling(split);
        lowered[at] = Math.Floor(split);
        var (up, down) = (new Node(raised, upper, bound), new Node(lower, lowered, bound));
        var isUpNearer = split - Math.Floor(split) > 0.5;
        Push(isUpNearer ? down : up);
        return isUpNearer ? up : down;
    }

    private void Push(Node node) => _open.Enqueue(node, (node.Bound, --_made));

    private sealed record Node(double[] Lower, double[] Upper, double Bound);
}
