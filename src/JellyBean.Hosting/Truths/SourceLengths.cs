using JellyBean.Hosting.Configuration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Truths;

/// <summary>How many elements sources have, so that a truth of other ones is refused before time is spent on it.</summary>
internal static class SourceLengths
{
    /// <returns>Of the sources that know.</returns>
    /// <exception cref="JellyBean.Workflows.Inputs.SourceException">One cannot be read.</exception>
    public static async Task<IReadOnlyDictionary<SourceId, long>> OfAsync(ProgramDefinition program, HostConfiguration configuration, CancellationToken cancellationToken)
    {
        var lengths = new SortedDictionary<SourceId, long>();
        foreach (var source in configuration.Sources)
        {
            if (await program.Inputs[source.Input].CountAsync(source.NewSettings(), cancellationToken).ConfigureAwait(false) is { } count)
            {
                lengths.Add(source.Id, count);
            }
        }

        return lengths;
    }
}
