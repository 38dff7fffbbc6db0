using JellyBean.Workflows.Flows;

namespace JellyBean.Vision.Tracking;

/// <summary>The tracker as a keyed process: key by camera, <c>Process("tracker", Tracker.State, (state, sighting) => state.Advance(sighting))</c>.</summary>
public static class Tracker
{
    /// <summary>How the state of one camera is made, written and read, with default options.</summary>
    public static KeyedState<TrackerState> State { get; } = StateOf(TrackerOptions.Default);

    /// <summary>How the state of one camera is made, written and read.</summary>
    /// <param name="options">Not part of what is written: every node builds the same workflow.</param>
    public static KeyedState<TrackerState> StateOf(TrackerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(() => TrackerState.Create(options), static state => state.Snapshot(), bytes => TrackerState.Restore(bytes, options), TrackerState.Version);
    }
}
