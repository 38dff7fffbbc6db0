using System.Text;

namespace JellyBean.Hosting.Reports;

/// <summary>Columns of text, as wide as they need to be; numbers to the right.</summary>
internal sealed class TextTable(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var row in _rows.Prepend(heads))
        {
            var line = new StringBuilder();
            for (var i = 0; i < heads.Length; i++)
            {
                var width = Math.Max(heads[i].Length, _rows.Select(r => r[i].Length).DefaultIfEmpty(0).Max());
                line.Append(IsNumeric(i) ? row[i].PadLeft(width) : row[i].PadRight(width)).Append("  ");
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private bool IsNumeric(int column) => _rows.Count > 0 && _rows.All(r => r[column] is "" or "-" || char.IsAsciiDigit(r[column][0]));
}
