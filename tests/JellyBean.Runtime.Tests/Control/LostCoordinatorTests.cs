using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using static JellyBean.Runtime.Tests.Control.PlannedWalk;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Whoever coordinates is lost in one fault with nodes that nobody else has heard: what of live sources is lost is told as far as it was written down.</summary>
public sealed class LostCoordinatorTests
{
    private static readonly WorkerId Reader = new("reader");
    private static readonly WorkerId Writer = new("writer");
    private static readonly SourceId Camera = new("cameras/left");

    [Fact]
    public void Coordinator_and_reader_are_lost_what_the_reader_had_said_and_the_writer_lacks_is_a_gap_that_is_not_exact()
    {
        var next = Began();

        next.Do(new RunEvent.NodeAnnounced(Hello(Writer) with { LastEpoch = 1, RunningEpoch = 1 }));
        next.Do(new RunEvent.NodeAnnounced(Hello(Reader) with { Instance = "two" }));
        RunAnew(next, new RunEvent.NodeDeployed(Writer, 2, Wrote(settled: 49)));

        Assert.Equal(new OutputGap(new OperatorId("tracks"), Camera, new NumberRange(50, 59), IsExact: false), Assert.Single(next.State.Run!.Losses.Known));
        Assert.Equal(next.State.Run.Losses, next.LastRecord.Losses);
        Assert.Equal((60L, 10L), Assert.Single(next.State.Run.Report(default).Sources) is var source ? (source.Offered, source.Lost) : default);
    }

    [Fact]
    public void All_are_lost_what_was_settled_when_it_was_written_down_is_where_the_gap_begins()
    {
        var next = Began();

        next.Do(new RunEvent.NodeAnnounced(Hello(Writer) with { Instance = "two" }));
        next.Do(new RunEvent.NodeAnnounced(Hello(Reader) with { Instance = "two" }));
        RunAnew(next, new RunEvent.NodeDeployed(Writer, 2));

        Assert.Equal(new OutputGap(new OperatorId("tracks"), Camera, new NumberRange(40, 59), IsExact: false), Assert.Single(next.State.Run!.Losses.Known));
    }

    [Fact]
    public void Coordinator_is_lost_alone_the_epoch_goes_on_and_nothing_is_told()
    {
        var next = Began();

        next.Do(new RunEvent.NodeAnnounced(Hello(Writer) with { LastEpoch = 1, RunningEpoch = 1 }));
        next.Do(new RunEvent.NodeAnnounced(Hello(Reader) with { LastEpoch = 1, RunningEpoch = 1 }));
        next.Do(new RunEvent.NodeDeployed(Writer, 1));
        next.Do(new RunEvent.NodeDeployed(Reader, 1));

        Assert.Equal((RunPhase.Running, 1L), (next.State.Phase, next.State.Run!.Epoch));
        Assert.Empty(next.State.Run.Losses.Known);
    }

    // Under epoch 1, the reader had said that it had offered 60 elements, and the writer that 40 were settled, when a snapshot was written down.
    private static PlannedWalk Began()
    {
        var first = Running(Reader, Writer);
        first.Do(new RunEvent.NodeReported(Reader, Fragment(Reader, 1) with { Sources = [new SourceReport(Camera, 60, 0, false, null, 0, 0) { IsLive = true }] }));
        first.Do(new RunEvent.NodeReported(Writer, Wrote(settled: 39)));
        first.Do(new RunEvent.SnapshotComplete(1, []));
        var next = new PlannedWalk(Rules);
        next.Do(new RunEvent.Began(2, RunRecord.FromBytes(first.LastRecord.ToBytes())));
        return next;
    }

    // What begins anew gets an epoch of its own: numbers of the one before may have been given that nobody has heard of.
    private static void RunAnew(PlannedWalk next, RunEvent written)
    {
        var sent = next.Do(new RunEvent.Recorded()).OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>().ToList();
        Assert.All(sent, d => Assert.Equal((2L, 1L), (d.Epoch, d.Resume)));
        Assert.Equal(2, sent.Count);
        next.Do(written);
        next.Do(new RunEvent.NodeDeployed(Reader, 2));
        Assert.Equal(RunPhase.Running, next.State.Phase);
    }

    private static FragmentReport Wrote(long settled) =>
        Fragment(Writer, 1) with { Outputs = [new OutputReport(new("tracks"), settled + 1, 0, Distribution.Empty, [new SettledSource(Camera, settled)])] };
}
