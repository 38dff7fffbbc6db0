using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.Commands;

/// <summary>Makes sure, before anything runs, that a run can write.</summary>
internal static class OutputFolder
{
    /// <exception cref="BadInputException">It cannot be made or written.</exception>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The output folder '{folder}' cannot be written: {cause.Message} Choose another with --output.");
        }
    }
}
