using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Runtime.Security;

namespace JellyBean.Hosting.Clusters;

/// <summary>Makes an authority of one's own and certificates of nodes, for trying things out and for small sites.</summary>
internal sealed class CertificatesCommand(Terminal terminal)
{
    /// <param name="folder">Where the files go; an authority that is there is used again.</param>
    /// <param name="names">Of nodes; <c>client</c> for programs that ask a cluster.</param>
    /// <param name="hosts">By which each of them is reached.</param>
    public int Run(string folder, IReadOnlyList<string> names, IReadOnlyList<string> hosts)
    {
        try
        {
            using var authority = LocalAuthority.OpenOrCreate(folder);
            foreach (var name in names)
            {
                terminal.Output.WriteLine($"Written: {authority.Issue(name, hosts)}");
            }

            terminal.Output.WriteLine($"Give each node its own file and {authority.CertificatePath}. Keep {authority.KeyPath} apart: whoever has it can make nodes.");
            return ExitCodes.Ok;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new BadInputException($"Certificates cannot be made in '{folder}': {cause.Message}");
        }
    }
}
