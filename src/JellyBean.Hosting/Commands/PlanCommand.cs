using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Reports;

namespace JellyBean.Hosting.Commands;

/// <summary>Plans, and shows the plan.</summary>
internal sealed class PlanCommand(Preparation preparation, PlanBatch batch, Terminal terminal)
{
    public async Task<int> RunAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        if (request.Batch is not null)
        {
            return await batch.RunAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var configuration = preparation.Configure(request.Preparation.Configuration);
        var prepared = await preparation.PrepareAsync(configuration, request.Preparation, new ProgressText(terminal.Error), cancellationToken).ConfigureAwait(false);
        if (request.Format == PlanFormat.Json)
        {
            await terminal.Output.WriteLineAsync(PlanJson.Write(prepared)).ConfigureAwait(false);
        }
        else
        {
            PlanReport.Write(prepared, terminal.Output);
        }

        return prepared.Result.Plan is null ? ExitCodes.NoPlan : ExitCodes.Ok;
    }
}
