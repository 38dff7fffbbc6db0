using System.Globalization;
using JellyBean.Hosting.Configuration;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Reports;

/// <summary>Notices that a source gives nothing yet, that it no longer flows, and that it does again; and a live one that is made to wait.</summary>
internal sealed class SourceWatch
{
    private readonly Dictionary<SourceId, (State Told, bool HasFlowed)> _known = [];
    private readonly HashSet<SourceId> _waiting = [];

    private enum State
    {
        Unknown,
        Awaited,
        Down,
        Flows,
    }

    /// <param name="elapsed">Since the plan in force began.</param>
    /// <param name="sources">How they are.</param>
    /// <returns>A sentence for each source that has changed since the last report.</returns>
    public IEnumerable<string> Look(TimeSpan elapsed, IReadOnlyCollection<SourceProgress> sources)
    {
        var others = sources.Any(s => s is { Ended: false, Detail: not { IsPaused: true } } && s.Detail?.Health is null or { Condition: SourceCondition.Flowing }) ? "the others go on" : "nothing flows until then";
        foreach (var source in sources)
        {
            if (source is { Ended: false, Detail: { IsPaused: false, Health: { } health } detail } && News(detail, health.Condition, elapsed, others) is { } news)
            {
                yield return news;
            }

            // What is late with it stays so, and nothing gives way: neither faster variants nor dropped elements.
            if (source is { Ended: false, Detail: { IsLive: true, CanDrop: false, Health.Condition: SourceCondition.Flowing } } && _waiting.Add(source.Source))
            {
                yield return $"warning: Source '{source.Source}' is live, but waits where the workflow is slower (overload = block): its results come later and later then. Give it overload=latest-only, drop-oldest:N or sample:X.";
            }
        }
    }

    private string? News(SourceReport source, SourceCondition condition, TimeSpan elapsed, string others)
    {
        var (before, hasFlowed) = _known.GetValueOrDefault(source.Source);
        var now = condition switch
        {
            SourceCondition.Flowing => State.Flows,
            SourceCondition.Connecting => elapsed < LiveProbe.Silence || before == State.Down ? before : State.Awaited,
            _ => State.Down,
        };
        _known[source.Source] = (now, hasFlowed || now == State.Flows);
        return now == before ? null : now switch
        {
            State.Flows => before == State.Unknown ? null : $"Source '{source.Source}' flows{(hasFlowed ? " again" : "")}.",
            State.Awaited => string.Create(CultureInfo.InvariantCulture, $"Source '{source.Source}' has given nothing for {elapsed.TotalSeconds:0} s: it is being connected to, and tried again until it flows; {others}."),
            _ => $"Source '{source.Source}' does not flow, {SourceText.State(source)}. It is tried again until it does; {others}.",
        };
    }
}
