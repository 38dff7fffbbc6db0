namespace JellyBean.Optimizer.Programs;

/// <summary>A mixed-integer linear program: the least of costs ≥ 0 times columns ≥ 0, under rows.</summary>
internal sealed class LinearProgram
{
    private readonly List<Column> _columns = [];
    private readonly List<Row> _rows = [];

    public IReadOnlyList<Column> Columns => _columns;

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Adds a column and returns its number.</summary>
    public int AddColumn(double cost, double lower, double upper, bool isInteger = false)
    {
        _columns.Add(new Column(cost, lower, upper, isInteger));
        return _columns.Count - 1;
    }

    /// <summary>Makes a column dearer.</summary>
    public void AddCost(int column, double cost) => _columns[column] = _columns[column] with { Cost = _columns[column].Cost + cost };

    public void AtMost(Terms terms, double right) => Add(terms, right, isEqual: false, sign: 1);

    public void AtLeast(Terms terms, double right) => Add(terms, right, isEqual: false, sign: -1);

    public void Equal(Terms terms, double right) => Add(terms, right, isEqual: true, sign: 1);

    private void Add(Terms terms, double right, bool isEqual, double sign)
    {
        var bound = sign * (right - terms.Constant);
        var merged = terms.Items.GroupBy(t => t.Column).Select(g => (g.Key, sign * g.Sum(t => t.Factor))).Where(t => t.Item2 != 0).ToArray();
        _rows.Add(new Row(merged, bound, isEqual));
    }
}

/// <summary>A variable.</summary>
internal readonly record struct Column(double Cost, double Lower, double Upper, bool IsInteger);

/// <summary>The sum of terms is at most, or equals, the right side.</summary>
internal sealed record Row((int Column, double Factor)[] Terms, double Right, bool IsEqual);

/// <summary>A sum of columns with factors and a constant.</summary>
internal sealed class Terms
{
    public List<(int Column, double Factor)> Items { get; } = [];

    public double Constant { get; private set; }

    public bool IsConstant => Items.Count == 0;

    public Terms Add(int column, double factor = 1)
    {
        Items.Add((column, factor));
        return this;
    }

    public Terms Add(Terms other, double factor = 1)
    {
        Items.AddRange(other.Items.Select(t => (t.Column, t.Factor * factor)));
        Constant += other.Constant * factor;
        return this;
    }

    public Terms Add(double constant)
    {
        Constant += constant;
        return this;
    }
}
