using System.Globalization;
using System.Text;
using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.Reports;

/// <summary>A small CSV file with a header. Cells may be quoted, but not go on over lines; lines without any cell that says something are left out.</summary>
/// <param name="Path">Where it was read.</param>
/// <param name="Header">The columns' names.</param>
/// <param name="Rows">The cells, with the numbers of their lines.</param>
internal sealed record CsvTable(string Path, IReadOnlyList<string> Header, IReadOnlyList<(int Line, IReadOnlyList<string> Cells)> Rows)
{
    /// <exception cref="BadInputException">It cannot be read, is empty, or rows differ from the header; all that is wrong is in it.</exception>
    public static async Task<CsvTable> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"'{path}' cannot be read: {cause.Message}");
        }

        var filled = lines.Select((text, i) => (Line: i + 1, Cells: Cells(text))).Where(l => l.Cells.Any(c => c.Length > 0)).ToList();
        if (filled.Count == 0)
        {
            throw new BadInputException($"'{path}' is empty; expected: a header that names the columns, and a line for each cell.");
        }

        var header = filled[0].Cells;
        var errors = filled.Skip(1).Where(l => l.Cells.Count != header.Count).Select(l =>
            string.Create(CultureInfo.InvariantCulture, $"{path}:{l.Line}: it has {l.Cells.Count} cells; expected: {header.Count}, as in the header.")).ToList();
        return errors.Count == 0 ? new CsvTable(path, header, [.. filled.Skip(1)]) : throw new BadInputException(errors);
    }

    /// <summary>The cells of a line. In a quoted cell commas are text, and two quotes are one.</summary>
    private static IReadOnlyList<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }

            if (c == ',' && !isQuoted)
            {
                cells.Add(Unquoted(cell.ToString()));
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(Unquoted(cell.ToString()));
        return cells;
    }

    private static string Unquoted(string cell) =>
        cell.Trim() is ['"', .. var inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal).Trim() : cell.Trim();

    /// <summary>Cells as a line; those with commas or quotes are quoted.</summary>
    public static string Line(IEnumerable<string> cells) =>
        string.Join(',', cells.Select(c => c.AsSpan().IndexOfAny(",\"\n") < 0 ? c : $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
