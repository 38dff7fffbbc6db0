using System.Globalization;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Reports;
using JellyBean.Planning;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Commands;

/// <summary>Plans the cells of a CSV file one by one, each as if its values stood on the command line. All cells are checked before the first is planned.</summary>
internal sealed class PlanBatch(Preparation preparation, IPlanner planner, Terminal terminal)
{
    private static readonly string[] Answers = ["status", "total", "compute", "network", "variants", "accuracy", "bound", "gap", "ms"];

    /// <summary>What a column means: the option of the same name.</summary>
    private static readonly SortedDictionary<string, Func<ConfigurationRequest, string, ConfigurationRequest>> Columns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["accuracy"] = (request, value) => request with { Accuracy = value },
        ["mode"] = (request, value) => request with { Mode = value },
        ["percentile"] = (request, value) => request with { Percentile = value },
        ["rate"] = (request, value) => request with { Rates = [value] },
        ["utilisation"] = (request, value) => request with { Utilisation = value },
    };

    public async Task<int> RunAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var cells = await CellsAsync(request, cancellationToken).ConfigureAwait(false);
        await WriteAsync([.. cells.Header, .. Answers]).ConfigureAwait(false);
        foreach (var (values, problem) in cells.Rows)
        {
            var result = await Preparation.SolveAsync(() => planner.Until(cancellationToken).Plan(problem), cancellationToken).ConfigureAwait(false);
            await WriteAsync([.. values, .. Answer(result)]).ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    private async Task<(IReadOnlyList<string> Header, List<(IReadOnlyList<string> Values, PlanningProblem Problem)> Rows)> CellsAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        var table = await errors.TryAsync(() => CsvTable.ReadAsync(request.Batch!, cancellationToken)).ConfigureAwait(false);
        errors.Add(table is null ? [] : table.Header.Where(c => !Columns.ContainsKey(c)).Select(c => $"{table.Path}:1: column '{c}' is unknown; allowed: {string.Join(", ", Columns.Keys)}.{Spelling.DidYouMean(c, Columns.Keys)}")
            .Concat(table.Header.GroupBy(c => c, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => $"{table.Path}:1: column '{g.Key}' is given {g.Count()} times. Give it once.")));
        var progress = new ProgressText(terminal.Error);
        var input = await preparation.CheckAsync(request.Preparation, errors, opens: false, progress, cancellationToken).ConfigureAwait(false);
        var (_, problem) = await preparation.ProblemAsync(input with { Configuration = input.Configuration with { Percentile = null } }, request.Preparation, progress, cancellationToken).ConfigureAwait(false);
        var rows = new List<(IReadOnlyList<string>, PlanningProblem)>();
        foreach (var (line, values) in table!.Rows)
        {
            try
            {
                var asked = table.Header.Zip(values).Aggregate(request.Preparation.Configuration, (row, column) => Columns[column.First](row, column.Second));
                var cell = preparation.Ask(problem, preparation.Configure(asked));
                errors.Add(cell.Validate().Select(e => At(line, e)));
                rows.Add((values, cell));
            }
            catch (BadInputException wrong)
            {
                errors.Add(wrong.Errors.Select(e => At(line, e)));
            }
        }

        errors.ThrowIfAny();
        return (table.Header, rows);

        string At(int line, string error) => string.Create(CultureInfo.InvariantCulture, $"{request.Batch}:{line}: {error}");
    }

    private static IEnumerable<string> Answer(PlanningResult result)
    {
        yield return result.Status.ToString().ToLowerInvariant();
        yield return Number(result.Plan?.Cost.TotalPerHour);
        yield return Number(result.Plan?.Cost.ComputePerHour);
        yield return Number(result.Plan?.Cost.NetworkPerHour);
        yield return result.Plan is null ? "" : string.Join(' ', result.Plan.Placements.Where(p => p.Variant is not null).Select(p => $"{p.Operator}={p.Variant}"));
        yield return Number(result.Plan?.Outputs.FirstOrDefault(o => o.Accuracy is not null)?.Accuracy);
        yield return Number(result.Plan is null ? null : result.BoundPerHour);
        yield return Number(result.Plan is null ? null : result.Gap);
        yield return Number(Math.Round(result.Elapsed.TotalMilliseconds, 3));
    }

    private static string Number(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private Task WriteAsync(IEnumerable<string> cells) => terminal.Output.WriteLineAsync(CsvTable.Line(cells));
}
