using System.Globalization;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Reports;
using JellyBean.Workflows.Models;

namespace JellyBean.Hosting.Commands;

/// <summary>Brings, lists and checks model files.</summary>
internal sealed class ModelsCommand(ProgramDefinition program, Terminal terminal)
{
    public async Task<int> RestoreAsync(CancellationToken cancellationToken)
    {
        foreach (var models in program.Models)
        {
            await models.RestoreAsync(new ProgressText(terminal.Output), cancellationToken).ConfigureAwait(false);
        }

        return await VerifyAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<int> ListAsync(CancellationToken cancellationToken)
    {
        if (HasNone())
        {
            return ExitCodes.Ok;
        }

        var table = new TextTable("model", "state", "bytes", "sha256", "licence", "origin", "file");
        foreach (var models in program.Models)
        {
            foreach (var status in await models.VerifyAsync(cancellationToken).ConfigureAwait(false))
            {
                var file = status.File;
                table.Add(
                    file.Name,
                    status.State.ToString().ToLowerInvariant(),
                    status.Bytes?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    status.Sha256 ?? "-",
                    file.Licence,
                    file.Origin,
                    file.Path);
            }
        }

        await terminal.Output.WriteAsync(table.ToString().AsMemory(), cancellationToken).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    public async Task<int> VerifyAsync(CancellationToken cancellationToken)
    {
        if (HasNone())
        {
            return ExitCodes.Ok;
        }

        var table = new TextTable("model", "state", "detail");
        var isReady = true;
        foreach (var models in program.Models)
        {
            foreach (var status in await models.VerifyAsync(cancellationToken).ConfigureAwait(false))
            {
                isReady &= status.State == ModelFileState.Ready;
                table.Add(status.File.Name, status.State.ToString().ToLowerInvariant(), status.Detail);
            }
        }

        await terminal.Output.WriteAsync(table.ToString().AsMemory(), cancellationToken).ConfigureAwait(false);
        if (!isReady)
        {
            await terminal.Error.WriteLineAsync("error: not all model files are ready. Bring them with 'models restore'.").ConfigureAwait(false);
        }

        return isReady ? ExitCodes.Ok : ExitCodes.BadInput;
    }

    private bool HasNone()
    {
        if (program.Models.Any(m => m.Files.Count > 0))
        {
            return false;
        }

        terminal.Output.WriteLine("The program names no model files. UseModels gives it some.");
        return true;
    }
}
