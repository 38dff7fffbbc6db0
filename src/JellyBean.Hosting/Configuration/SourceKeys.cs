using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads the keys of one source, the host's and the program's, wherever they come from.</summary>
internal static class SourceKeys
{
    /// <param name="registration">The input's.</param>
    /// <param name="settings">The keys, none of them read yet.</param>
    /// <param name="values">The same as they were given.</param>
    /// <param name="path">Where they stand.</param>
    /// <param name="workers">Those that a source may be attached to; null where they are not known.</param>
    /// <returns>The source; what is wrong with it is in <paramref name="settings"/>.</returns>
    public static SourceConfiguration Read(
        InputRegistration registration, SourceSettings settings, IReadOnlyDictionary<string, string> values, string path, IReadOnlyList<WorkerId>? workers)
    {
        // The host's keys are read from the same settings as the factory's, so that all of them count as known.
        var node = settings.Text("node");
        if (node is not null && workers?.All(w => w.Value != node) == true)
        {
            settings.RejectName("node", node, [.. workers.Select(w => w.Value)]);
        }

        var overload = settings.Text("overload");
        var policy = OverloadText.Parse(overload);
        if (overload is not null && policy is null)
        {
            settings.Reject("overload", $"is '{overload}'", OverloadText.Allowed);
        }

        var source = new SourceConfiguration
        {
            Input = registration.Input,
            Name = settings.Name,
            Path = path,
            Values = values,
            Node = node is null ? null : new WorkerId(node),
            Site = settings.Text("site"),
            Overload = policy,
            Rate = settings.Number("rate", 0.001, 1e6),
        };
        registration.Check(settings);
        settings.RejectUnknown();
        return source;
    }
}
