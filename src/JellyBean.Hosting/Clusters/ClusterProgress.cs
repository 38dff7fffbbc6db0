using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Reports;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>How far a cluster's run is: what happens at once, figures now and then.</summary>
internal sealed class ClusterProgress(Terminal terminal, TextWriter writer, string elements) : IProgress<ClusterStatus>
{
    // Plans are made in seconds where all is measured.
    private const int Awaited = 3;

    private readonly ProgressLine _line = new(terminal, writer, elements);
    private readonly PlanBegin _begin = new();
    private bool _isTold;
    private int _planning;
    private readonly HashSet<(long Term, string Line)> _told = [];

    /// <summary>How far the run was when the last plan was first heard of whole; null where that is not known.</summary>
    public ClusterStatus? Begin => _begin.Status;

    public void Report(ClusterStatus value)
    {
        _begin.Hear(value);

        // What was decided before the run began is no news for the cluster, but may be for whoever begins it.
        foreach (var line in _isTold ? [] : ClusterText.ByHand(value))
        {
            _line.Tell(line);
        }

        _isTold = true;

        // Two coordinators may say the same.
        foreach (var line in value.History.Where(line => _told.Add((value.Term, line))))
        {
            _line.Tell(line);
        }

        // Once a second: the first plan of sources that were not measured yet may take minutes.
        _planning += value is { Phase: "planning", RunId.Length: > 0 } ? 1 : 0;
        if (_planning == Awaited)
        {
            _planning++;
            _line.Tell($"Node '{value.Coordinator}' makes a plan. Sources that it does not know yet it measures first, which may take minutes; it says there how far it is.");
        }

        if (value.Fragments.Length > 0)
        {
            _line.Show(value.Epoch, value.Elapsed, value.Sources, [.. value.Fragments.SelectMany(f => f.Outputs)]);
        }
    }

    public void Tell(string text) => _line.Tell(text);

    public void Finish() => _line.Finish();
}
