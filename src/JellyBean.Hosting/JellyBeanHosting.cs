using JellyBean.Hosting.CommandLine;
using JellyBean.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JellyBean.Hosting;

/// <summary>Puts a workflow on the generic host, and answers the program's command line.</summary>
public static class JellyBeanHosting
{
    /// <summary>Adds a workflow to the host. Bind its inputs and outputs on what this returns.</summary>
    /// <param name="builder">The host being built.</param>
    /// <param name="workflow">What the program runs; one per program.</param>
    /// <exception cref="InvalidOperationException">The host already has a workflow.</exception>
    public static JellyBeanBuilder AddJellyBean(this IHostApplicationBuilder builder, Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(workflow);
        return new JellyBeanBuilder(builder, workflow);
    }

    /// <summary>Does what the command line asks: <c>run</c>, <c>plan</c>, <c>profile</c>, <c>models</c>. Ctrl-C and SIGTERM drain a run, a second one aborts it.</summary>
    /// <param name="host">A host with a workflow; it is disposed at the end.</param>
    /// <param name="args">The program's arguments.</param>
    /// <param name="cancellationToken">Drains a run; gives up anything else.</param>
    /// <returns>The program's exit code, one of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunJellyBeanAsync(this IHost host, IReadOnlyList<string> args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(args);
        ProcessMemory.LimitArenas();
        try
        {
            return await host.Services.GetRequiredService<CommandTree>().InvokeAsync(args, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (host is IAsyncDisposable asyncHost)
            {
                await asyncHost.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                host.Dispose();
            }
        }
    }
}
