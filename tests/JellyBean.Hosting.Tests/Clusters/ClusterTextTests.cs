using JellyBean.Hosting.Clusters;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Clusters;

/// <summary>What the command line says of a cluster.</summary>
public sealed class ClusterTextTests
{
    [Fact]
    public void Decisions_are_told_with_the_command_or_the_sentence_that_began_them()
    {
        var text = Written(Status() with { Decisions = [Decided(1, "pin detector mars", "There is no tier 'mars'."), Decided(2, "Node 'edge-2' has joined.", "Epoch 2 is in force.")] });

        Assert.EndsWith("Decision 1: pin detector mars: There is no tier 'mars'.\nDecision 2: Node 'edge-2' has joined. Epoch 2 is in force.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Latency_that_was_never_measured_is_not_zero()
    {
        var text = Written(Status() with
        {
            Fragments = [new FragmentReport(1, new WorkerId("cloud-1"), [], [], [], [Output("counts", new Distribution(3, 5, 4, 6, 8, 8)), Output("tracks", Distribution.Empty)], FailureReport.None)],
        });

        Assert.EndsWith("counts: 3 results, p50 4 ms, p99 8 ms\ntracks: 0 results, p50 -, p99 -\n", text, StringComparison.Ordinal);
    }

    private static OutputReport Output(string name, Distribution latency) => new(new OperatorId(name), latency.Count, 0, latency, []);

    private static Decision Decided(long number, string trigger, string result) => new() { Number = number, At = DateTimeOffset.UnixEpoch, Trigger = trigger, Result = result };

    private static ClusterStatus Status() => new() { Coordinator = new WorkerId("boss"), Term = 1, Members = [], Phase = "running", Epoch = 1 };

    private static string Written(ClusterStatus status)
    {
        using var writer = new StringWriter();
        ClusterText.Write(status, "frames", writer);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
