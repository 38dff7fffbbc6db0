using System.Text.Json.Nodes;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Reports;
using JellyBean.Planning;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Commands;

/// <summary>Shows what accuracy costs.</summary>
internal sealed class FrontCommand(ProgramDefinition program, Preparation preparation, IPlanner planner, Terminal terminal)
{
    /// <param name="request">Its floor for accuracy is where the front begins.</param>
    /// <param name="plot">Where the pictures go, without an ending; null for none.</param>
    /// <param name="json">One line of JSON on standard output.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<int> RunAsync(PreparationRequest request, string? plot, bool json, CancellationToken cancellationToken)
    {
        var progress = new ProgressText(terminal.Error);
        var input = await preparation.CheckAsync(request, new InputErrors(), opens: false, progress, cancellationToken).ConfigureAwait(false);
        FrontSearch.OutputOf(preparation.Unmeasured(input));
        var prepared = await preparation.PrepareAsync(input, request, progress, cancellationToken).ConfigureAwait(false);
        var front = await Preparation.SolveAsync(() => FrontSearch.Find(prepared.Problem, planner.Until(cancellationToken), program.IsLessBetter, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            await terminal.Output.WriteLineAsync(Json(front, prepared).ToJsonString()).ConfigureAwait(false);
        }
        else
        {
            FrontReport.Write(front, terminal.Output);
            foreach (var line in AccuracyOrigins.Lines(prepared.Problem, plan: null, input.Configuration.Sources))
            {
                await terminal.Output.WriteLineAsync(line).ConfigureAwait(false);
            }
        }

        if (plot is not null && front.Points.Length > 0)
        {
            await DrawAsync(front, plot, json ? terminal.Error : terminal.Output, cancellationToken).ConfigureAwait(false);
        }

        return front.Points.IsEmpty ? ExitCodes.NoPlan : ExitCodes.Ok;
    }

    private async Task DrawAsync(AccuracyFront front, string plot, TextWriter writer, CancellationToken cancellationToken)
    {
        OutputFolder.Prepare(Path.GetDirectoryName(Path.GetFullPath(plot))!);
        await File.WriteAllTextAsync(plot + ".svg", FrontSvg.Draw(front), cancellationToken).ConfigureAwait(false);
        await writer.WriteLineAsync($"What accuracy costs: {plot}.svg").ConfigureAwait(false);
        foreach (var draw in program.Fronts)
        {
            await draw(front, plot + ".png", cancellationToken).ConfigureAwait(false);
            await writer.WriteLineAsync($"What accuracy costs: {plot}.png").ConfigureAwait(false);
        }
    }

    private static JsonObject Json(AccuracyFront front, Prepared prepared) => new()
    {
        ["output"] = front.Output.Value,
        ["metric"] = front.Metric,
        ["front"] = new JsonArray([.. front.Points.Select(p => new JsonObject
        {
            ["accuracy"] = p.Accuracy,
            ["costPerHour"] = p.Plan.Cost.TotalPerHour,
            ["currency"] = p.Plan.Cost.Currency,
            ["p99Ms"] = PlanJson.Bound(p.Plan.Outputs.First(o => o.Output == front.Output).P99Ms),
            ["variants"] = new JsonObject(p.Plan.Placements.Where(x => x.Variant is not null).Select(x => KeyValuePair.Create<string, JsonNode?>(x.Operator.Value, x.Variant))),
            ["plan"] = PlanText.Write(p.Plan),
        })]),
        ["accuracies"] = AccuracyOrigins.Json(prepared.Problem, plan: null, prepared.Configuration.Sources),
        ["limits"] = new JsonArray([.. front.Limits.Select(l => JsonValue.Create(l))]),
    };
}
