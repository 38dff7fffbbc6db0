using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Reports;

namespace JellyBean.Hosting.Commands;

/// <summary>Plans, and shows the plan.</summary>
internal sealed class PlanCommand(Preparation preparation, Terminal terminal)
{
    public async Task<int> RunAsync(PreparationRequest request, bool json, CancellationToken cancellationToken)
    {
        var configuration = preparation.Configure(request.Configuration);
        var prepared = await preparation.PrepareAsync(configuration, request, new ProgressText(terminal.Error), cancellationToken).ConfigureAwait(false);
        if (json)
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
