using System.Numerics;
using System.Runtime.InteropServices;

namespace JellyBean.Optimizer.Programs;

/// <summary>
/// The dual simplex method with bounds on all variables, over a dense tableau of the nonbasic columns. Bounds may be changed between solves: whatever basis there is stays dual feasible, so
/// that branch and bound moves from any node to any other with the few pivots that lie between them.
/// </summary>
/// <remarks>
/// Textbook method (Koberstein, "The dual simplex method, techniques for a fast and stable implementation", 2005, without factorisation, as programs here are small). Costs are ≥ 0, so
/// the slack basis is dual feasible and no first phase is needed. Equal costs are told apart by tiny additions in the order of columns: no cycling, and ties go to the first.
/// </remarks>
internal sealed class DualSimplex
{
    private const double Feasible = 1e-9, SmallPivot = 1e-9, Ratio = 1e-12, TieCost = 1e-10;
    private const int RebuildEvery = 3000;

    private readonly LinearProgram _program;
    private readonly int _rows, _columns;
    private readonly double _scale;
    private readonly double[] _table, _reduced, _values, _lower, _upper;
    private readonly int[] _basic, _nonbasic, _place;
    private readonly bool[] _atUpper;
    private int _sinceRebuild;

    public DualSimplex(LinearProgram program)
    {
        _program = program;
        (_rows, _columns) = (program.Rows.Count, program.Columns.Count);
        _scale = Math.Max(program.Columns.Max(c => c.Cost), 1e-12);
        _table = new double[_rows * _columns];
        (_reduced, _nonbasic, _atUpper) = (new double[_columns], new int[_columns], new bool[_columns]);
        (_values, _basic) = (new double[_rows], new int[_rows]);
        (_lower, _upper, _place) = (new double[_columns + _rows], new double[_columns + _rows], new int[_columns + _rows]);
        for (var j = 0; j < _columns; j++)
        {
            (_lower[j], _upper[j]) = (program.Columns[j].Lower, program.Columns[j].Upper);
        }

        for (var i = 0; i < _rows; i++)
        {
            _upper[_columns + i] = program.Rows[i].IsEqual ? 0 : double.PositiveInfinity;
        }

        Rebuild();
    }

    /// <summary>Cells of the tableau that pivots have changed so far: the work done, the same on every machine.</summary>
    public long Work { get; private set; }

    public int Pivots { get; private set; }

    /// <summary>The cost of the last solution.</summary>
    public double Cost { get; private set; }

    public double this[int column] => _place[column] >= 0 ? At(_place[column]) : _values[~_place[column]];

    public double Lower(int column) => _lower[column];

    public double Upper(int column) => _upper[column];

    public void SetBounds(int column, double lower, double upper)
    {
        var place = _place[column];
        if (place < 0)
        {
            (_lower[column], _upper[column]) = (lower, upper);
            return;
        }

        var before = At(place);
        (_lower[column], _upper[column]) = (lower, upper);
        // A column that was fixed may have a cost for the other bound; every integer column has both.
        _atUpper[place] = _reduced[place] < 0 || (_reduced[place] == 0 && _atUpper[place]);
        Shift(place, At(place) - before);
    }

    /// <summary>Solves under the bounds as they are; false where nothing satisfies them, or where the cost passes the limit.</summary>
    public bool Solve(double limit)
    {
        for (var pivots = 0; ; pivots++)
        {
            if (_sinceRebuild > RebuildEvery)
            {
                Rebuild();
            }

            var row = Leaving();
            if (row < 0)
            {
                Cost = CostNow();
                return Cost < limit;
            }

            // The cost only grows on the way, so that passing the limit on it is passing it for good.
            if (pivots % 16 == 15 && CostNow() >= limit)
            {
                Cost = limit;
                return false;
            }

            var isBelow = _values[row] < _lower[_basic[row]];
            var place = Entering(row, isBelow);
            if (place < 0)
            {
                return false;
            }

            Pivot(row, place, isBelow);
        }
    }

    private double CostNow()
    {
        var cost = 0.0;
        for (var j = 0; j < _columns; j++)
        {
            cost += _program.Columns[j].Cost * this[j];
        }

        return cost;
    }

    private double At(int place) => _atUpper[place] ? _upper[_nonbasic[place]] : _lower[_nonbasic[place]];

    private int Leaving()
    {
        var (row, worst) = (-1, Feasible);
        for (var i = 0; i < _rows; i++)
        {
            var variable = _basic[i];
            var by = Math.Max(_lower[variable] - _values[i], _values[i] - _upper[variable]);
            if (by > worst)
            {
                (row, worst) = (i, by);
            }
        }

        return row;
    }

    private int Entering(int row, bool isBelow)
    {
        // The least ratio up to rounding, and of those the largest pivot: small pivots spoil the table (Harris, 1973).
        var line = Line(row);
        var least = double.PositiveInfinity;
        for (var j = 0; j < line.Length; j++)
        {
            if (Factor(line, j, isBelow) is > SmallPivot and var factor)
            {
                least = Math.Min(least, (Math.Abs(_reduced[j]) + Ratio) / factor);
            }
        }

        var (place, size) = (-1, 0.0);
        for (var j = 0; j < line.Length; j++)
        {
            var factor = Factor(line, j, isBelow);
            if (factor > SmallPivot && factor > size && Math.Abs(_reduced[j]) / factor <= least)
            {
                (place, size) = (j, factor);
            }
        }

        return place;
    }

    private double Factor(Span<double> line, int j, bool isBelow)
    {
        var variable = _nonbasic[j];
        return _lower[variable] == _upper[variable] ? 0 : isBelow == _atUpper[j] ? line[j] : -line[j];
    }

    private void Pivot(int row, int place, bool isBelow)
    {
        var (leaving, entering) = (_basic[row], _nonbasic[place]);
        var line = Line(row);
        var pivot = line[place];
        var bound = isBelow ? _lower[leaving] : _upper[leaving];
        var value = At(place) + ((_values[row] - bound) / pivot);
        Shift(place, value - At(place));
        _values[row] = value;

        for (var j = 0; j < line.Length; j++)
        {
            line[j] /= pivot;
        }

        line[place] = 1 / pivot;
        for (var i = 0; i < _rows; i++)
        {
            if (i != row)
            {
                Eliminate(Line(i), line, place, pivot);
            }
        }

        Eliminate(_reduced, line, place, pivot);
        (_basic[row], _nonbasic[place]) = (entering, leaving);
        (_place[entering], _place[leaving]) = (~row, place);
        _atUpper[place] = !isBelow;
        Pivots++;
        _sinceRebuild++;
    }

    private void Eliminate(Span<double> line, Span<double> pivotLine, int place, double pivot)
    {
        var factor = line[place];
        if (Math.Abs(factor) < 1e-13)
        {
            line[place] = 0;
            return;
        }

        var vectors = MemoryMarshal.Cast<double, Vector<double>>(line);
        var pivots = MemoryMarshal.Cast<double, Vector<double>>(pivotLine);
        var factors = new Vector<double>(factor);
        for (var k = 0; k < vectors.Length; k++)
        {
            vectors[k] -= factors * pivots[k];
        }

        for (var k = vectors.Length * Vector<double>.Count; k < line.Length; k++)
        {
            line[k] -= factor * pivotLine[k];
        }

        line[place] = -factor / pivot;
        Work += line.Length;
    }

    /// <summary>Moves a nonbasic variable; the basic ones follow.</summary>
    private void Shift(int place, double by)
    {
        if (by == 0)
        {
            return;
        }

        for (int i = 0, k = place; i < _rows; i++, k += _columns)
        {
            _values[i] -= _table[k] * by;
        }
    }

    private Span<double> Line(int row) => _table.AsSpan(row * _columns, _columns);

    /// <summary>Starts from the slack basis again, under the bounds as they are: rounding errors of many pivots are gone.</summary>
    private void Rebuild()
    {
        _sinceRebuild = 0;
        Array.Clear(_table);
        for (var j = 0; j < _columns; j++)
        {
            (_nonbasic[j], _place[j], _atUpper[j]) = (j, j, false);
            _reduced[j] = (_program.Columns[j].Cost / _scale) + (TieCost * (1 + ((double)j / _columns)));
        }

        for (var i = 0; i < _rows; i++)
        {
            var row = _program.Rows[i];
            (_basic[i], _place[_columns + i], _values[i]) = (_columns + i, ~i, row.Right);
            foreach (var (column, factor) in row.Terms)
            {
                _table[(i * _columns) + column] = factor;
                _values[i] -= factor * _lower[column];
            }
        }
    }
}
