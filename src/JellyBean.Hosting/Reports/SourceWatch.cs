using JellyBean.Runtime;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Reports;

/// <summary>Notices that a source no longer flows, and that it does again.</summary>
internal sealed class SourceWatch
{
    private readonly Dictionary<SourceId, bool> _flows = [];

    /// <returns>A sentence for each source that has changed since the last report.</returns>
    public IEnumerable<string> Look(IEnumerable<SourceProgress> sources)
    {
        foreach (var source in sources)
        {
            if (source.Detail is not { Health: { } health } detail || source.Ended || health.Condition == SourceCondition.Connecting)
            {
                continue;
            }

            var flows = health.Condition == SourceCondition.Flowing;
            if (_flows.TryGetValue(source.Source, out var before) ? before == flows : flows)
            {
                _flows[source.Source] = flows;
                continue;
            }

            _flows[source.Source] = flows;
            yield return flows
                ? $"Source '{source.Source}' flows again."
                : $"Source '{source.Source}' does not flow, {SourceText.State(detail)}. It is tried again until it does; the others go on.";
        }
    }
}
