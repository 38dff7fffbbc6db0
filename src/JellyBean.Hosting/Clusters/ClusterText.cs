using System.Globalization;
using JellyBean.Hosting.Reports;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>A cluster, its plan and its run for people.</summary>
internal static class ClusterText
{
    public static void Write(ClusterStatus status, string elements, TextWriter writer)
    {
        var table = new TextTable("node", "roles", "type", "cores", "memory", "accelerators", "links", "state", "epoch");
        foreach (var member in status.Members)
        {
            var node = member.Node;
            table.Add(
                node.Worker.Value,
                string.Join(",", node.Roles),
                node.Type?.Value ?? "-",
                Text($"{node.Cores:0.##}"),
                Text($"{node.MemoryBytes / (double)(1 << 30):0.#} GiB"),
                Text($"{node.Accelerators}"),
                member.LinkAddress?.ToString() ?? "-",
                State(status, member),
                member.Epoch == 0 ? "-" : Text($"{member.Epoch}"));
        }

        writer.Write(table.ToString());
        writer.WriteLine(Text($"Node '{status.Coordinator}' coordinates, in term {status.Term}; the cluster is {status.Phase}{(status.Epoch > 0 ? Text($", epoch {status.Epoch}") : "")}."));
        if (status is { RunId.Length: 0, EndedFailure: { } failure })
        {
            writer.WriteLine($"The last run has failed. {failure}");
        }

        if (status.Transition is { } transition)
        {
            var awaited = transition.Awaited.IsEmpty ? "" : $", waiting for {string.Join(", ", transition.Awaited)}";
            writer.WriteLine(Text($"Epoch {transition.To} is about to take the place of {transition.From}: {transition.Step} for {transition.Elapsed.TotalSeconds:0.0} s{awaited}. {transition.Reason}"));
        }

        foreach (var line in ByHand(status))
        {
            writer.WriteLine(line);
        }

        foreach (var line in new[] { status.Problem }.OfType<string>().Concat(status.Shortfalls))
        {
            writer.WriteLine(line);
        }

        WriteSources(status, elements, writer);
        foreach (var line in LinkText.Lines(status).Concat(StageText.Lines(status)))
        {
            writer.WriteLine(line);
        }

        foreach (var line in status.History)
        {
            writer.WriteLine(line);
        }

        // What began one is a sentence, or the command that was given.
        foreach (var decision in status.Decisions)
        {
            writer.WriteLine(Text($"Decision {decision.Number}: {decision.Trigger}{(decision.Trigger.EndsWith('.') ? "" : ":")} {decision.Result}"));
        }
    }

    /// <summary>How a node is, in a word.</summary>
    public static string State(ClusterStatus status, ClusterMember member) => (member.IsReachable, member.IsLeaving) switch
    {
        (false, false) => "lost",
        (false, true) => "left",
        (true, true) => "leaving",
        _ => status.Drained.Contains(member.Node.Worker) ? "drained" : "there",
    };

    /// <summary>What people have decided, for this run and those after it, and how to take it back.</summary>
    public static IEnumerable<string> ByHand(ClusterStatus status)
    {
        (string What, IReadOnlyCollection<string> Names, string Undo)[] all =
        [
            ("Pinned", [.. status.Pins.Select(p => $"{p.Key} on {p.Value}")], "unpin OPERATOR lets go"),
            ("Chosen", [.. status.Variants.Select(v => $"{v.Value} for {v.Key}")], "swap OPERATOR any lets the planner choose again"),
            ("Drained", [.. status.Drained.Select(n => n.Value)], "return NODE gives it back"),
            ("Added", [.. status.Added.Select(s => s.Value)], "remove NAME takes it out"),
            ("Removed", [.. status.Removed.Select(s => s.Value)], "add NAME brings it back"),
            ("Held up", [.. status.Paused.Select(s => s.Value)], "resume NAME lets it flow"),
        ];
        return all.Where(a => a.Names.Count > 0).Select(a => $"{a.What} by hand, for later runs too: {string.Join(", ", a.Names)} ({a.Undo}).");
    }

    public static void Write(IReadOnlyCollection<WorkflowStatus> workflows, TextWriter writer)
    {
        var table = new TextTable("workflow", "fingerprint", "state", "epoch", "cost", "nodes");
        foreach (var workflow in workflows)
        {
            table.Add(
                workflow.Name,
                workflow.Fingerprint[..Math.Min(workflow.Fingerprint.Length, 8)],
                workflow.Phase,
                workflow.Epoch == 0 ? "-" : Text($"{workflow.Epoch}"),
                workflow.CostPerHour is { } cost ? Money.PerHour(cost, workflow.Currency) : "-",
                string.Join(" ", workflow.Nodes));
        }

        writer.Write(table.ToString());
        if (workflows.Count(w => w.CostPerHour is not null) > 1)
        {
            var together = workflows.Where(w => w.CostPerHour is not null).GroupBy(w => w.Currency, StringComparer.Ordinal).Select(g => Money.PerHour(g.Sum(w => w.CostPerHour!.Value), g.Key));
            writer.WriteLine($"together: {string.Join(" + ", together)}; a machine that several use is in the cost of the one that has used it the longest.");
        }
    }

    public static void WriteEnd(ClusterStatus status, string elements, TextWriter writer)
    {
        writer.WriteLine(status switch
        {
            { EndedRunId.Length: 0 } => "Nothing has run.",
            { EndedFailure: { } failure } => $"The last run has failed. {failure}",
            { EndedEpoch: null } => $"The run is done; what it did is known to the node that coordinated before '{status.Coordinator}' only.",
            _ when !HasRun(status) => "The run was ended before it had begun: nothing was read, and there are no results.",
            _ => Text($"The run is done, by epoch {status.Epoch}, {status.Elapsed.TotalSeconds:0.0} s since that began."),
        });
        foreach (var line in status.Shortfalls)
        {
            writer.WriteLine(line);
        }

        WriteSources(status, elements, writer);
    }

    /// <summary>Whether the run that has ended last had begun, as far as is known.</summary>
    public static bool HasRun(ClusterStatus status) => status.EndedEpoch is null || status.Elapsed > TimeSpan.Zero || !status.Sources.IsEmpty;

    public static string Plan(Plan plan)
    {
        var at = plan.Placements.SelectMany(p => p.Instances.Select(i => (i.Worker, Text: Text($"{p.Operator}{(p.Variant is null ? "" : $" ({p.Variant})")}")))).ToLookup(p => p.Worker, p => p.Text);
        var lines = at.OrderBy(w => w.Key).Select(w => $"  {w.Key}: {string.Join(", ", w)}");
        return Text($"Plan of epoch {plan.Epoch}, {Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency)}:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
    }

    private static void WriteSources(ClusterStatus status, string elements, TextWriter writer)
    {
        foreach (var source in status.Sources)
        {
            writer.WriteLine(Text($"{source.Source}: {source.Offered} {elements} in, {source.Processed} processed, {source.Dropped} dropped, {source.Failed} failed{(source.Lost > 0 ? Text($", {source.Lost} lost when a plan ended") : "")}{Detail(source)}"));
            if (SourceText.History(source, elements) is { } history)
            {
                writer.WriteLine($"  {history}");
            }
        }

        foreach (var gap in GapReport.Lines(status.Gaps, elements))
        {
            writer.WriteLine(gap);
        }

        foreach (var output in status.Fragments.SelectMany(f => f.Outputs).OrderBy(o => o.Output))
        {
            writer.WriteLine(Text($"{output.Output}: {output.Results} results, {LatencyText.Of([output])}"));
        }
    }

    private static string Detail(SourceProgress source) => source.Detail is { } detail
        ? (source.Dropped > 0 ? $" ({SourceText.Drops(source)})" : "") + (SourceText.State(detail) is { } state ? Text($"; {state}, {detail.PerSecond:0.0} per second") : "")
        : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
