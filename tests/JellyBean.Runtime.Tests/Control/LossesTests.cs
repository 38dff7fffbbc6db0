using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control;

public sealed class LossesTests
{
    private static readonly SourceId Cam = SourceId.Of("cameras", "north");
    private static readonly SourceId File = SourceId.Of("cameras", "file");
    private static readonly OperatorId Out = new("out");
    private static readonly WorkerId Edge = new("edge");
    private static readonly WorkerId Hub = new("hub");

    /// <summary>Whatever nodes say or do not, in whatever epochs: every element that was offered is settled, dropped, failed or lost, and what is lost is in a range.</summary>
    [Fact]
    public void Any_crashes_account_for_every_element_that_anyone_has_heard_of() =>
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, 3], Gen.Bool, Gen.Bool).Array[1, 12].Sample(crashes =>
        {
            var losses = Losses.None;
            var (offered, settled) = (0L, 0L);
            for (var epoch = 1; epoch <= crashes.Length; epoch++)
            {
                var (given, done, hidden, tellsEdge, tellsHub) = crashes[epoch - 1];
                done = Math.Min(done, given);
                var heard = new[] { Source(epoch, Math.Max(0, given - hidden)), Sink(epoch, Math.Max(0, done - hidden)) };
                ImmutableArray<FragmentReport> final = [.. tellsEdge ? [Source(epoch, given)] : Array.Empty<FragmentReport>(), .. tellsHub ? [Sink(epoch, done)] : Array.Empty<FragmentReport>()];

                losses = losses.Add([.. heard], final);
                var again = losses.Add([.. heard], final);

                Assert.Equal(losses, again);
                var (knownDone, knownGiven) = (tellsHub ? done : Math.Max(0, done - hidden), tellsEdge ? given : Math.Max(0, given - hidden));
                offered += Math.Max(knownGiven, knownDone);
                settled += knownDone;
                Assert.Equal(tellsEdge && tellsHub, losses.Known.Where(g => SourceNumbers.FirstBefore(g.Numbers.First) == SourceNumbers.FirstIn(epoch)).All(g => g.IsExact) && tellsEdge && tellsHub);
            }

            var past = Assert.Single(losses.Past);
            Assert.Equal((offered, settled, offered - settled), (past.Offered, past.Processed, past.Lost));
            Assert.Equal(past.Lost, losses.Gaps.Sum(g => g.Numbers.Count));
            var bytes = Wire.Write(losses, LossesFormat.Write);
            Assert.Equal(losses, Wire.Read(bytes, LossesFormat.Read));
        });

    [Fact]
    public void Node_that_was_cut_off_comes_back_what_it_had_offered_alone_is_lost_too()
    {
        var losses = Losses.None.Add([Source(1, 50), Sink(1, 40)], [Sink(1, 40)]);

        var later = losses.Late(Source(1, 650));
        var again = later.Add([Source(2, 10), Sink(2, 10)], [Sink(2, 10), Source(1, 650)]);

        Assert.Equal(SourceNumbers.FirstIn(1) + 49, Assert.Single(losses.Known).Numbers.Last);
        Assert.Equal(new NumberRange(SourceNumbers.FirstIn(1) + 40, SourceNumbers.FirstIn(1) + 649), Assert.Single(later.Known).Numbers);
        Assert.Equal(later.Known.ToArray(), again.Known.ToArray());
        var past = Assert.Single(again.Past);
        Assert.Equal((660L, 50L, 610L), (past.Offered, past.Processed, past.Lost));
    }

    [Fact]
    public void Node_that_was_cut_off_had_seemed_to_lack_nothing_what_it_had_offered_alone_is_lost_all_the_same()
    {
        var losses = Losses.None.Add([Source(1, 40), Sink(1, 40)], [Sink(1, 40)]);

        var later = losses.Late(Source(1, 650));

        Assert.Empty(losses.Known);
        Assert.Equal(new NumberRange(SourceNumbers.FirstIn(1) + 40, SourceNumbers.FirstIn(1) + 649), Assert.Single(later.Known).Numbers);
        Assert.Equal(610, Assert.Single(later.Past).Lost);
    }

    /// <summary>Thirty were given before another version had the source, and what follows has numbers of that one's block.</summary>
    [Fact]
    public void Source_that_another_version_had_meanwhile_loses_what_is_of_its_numbers_now_also_what_is_heard_of_late()
    {
        var block = SourceNumbers.FirstIn(2);
        FragmentReport Given(long offered) => Source(1, 0) with { Sources = [Source(1, offered).Sources[0] with { First = block - 30 }] };
        var sink = Sink(1, 0) with { Outputs = [Sink(2, 15).Outputs[0]] };

        var losses = Losses.None.Add([Given(50), sink], [Given(50), sink]);
        var later = losses.Late(Given(70));

        Assert.Equal(new NumberRange(block + 15, block + 19), Assert.Single(losses.Known).Numbers);
        Assert.Equal((50L, 45L, 5L), Assert.Single(losses.Past) is var past ? (past.Offered, past.Processed, past.Lost) : default);
        Assert.Equal(new NumberRange(block + 15, block + 39), Assert.Single(later.Known).Numbers);
    }

    /// <summary>The source moved while elements flowed, and the node that it moved to was lost before it said anything.</summary>
    [Fact]
    public void Crash_follows_a_move_what_is_known_of_the_plans_before_counts()
    {
        var moved = Source(1, 100) with { Worker = new WorkerId("edge-0") };

        var silent = Losses.None.Add([moved, Sink(1, 90)], [Sink(2, 0) with { Outputs = [Sink(1, 97).Outputs[0]] }]);
        var told = Losses.None.Add([moved, Sink(1, 90), Source(2, 0) with { Sources = [Source(1, 130).Sources[0]] }], [Sink(2, 0) with { Outputs = [Sink(1, 97).Outputs[0]] }]);

        Assert.Equal((new NumberRange(SourceNumbers.FirstIn(1) + 97, SourceNumbers.FirstIn(1) + 99), false), Assert.Single(silent.Known) is var gap ? (gap.Numbers, gap.IsExact) : default);
        Assert.Equal(SourceNumbers.FirstIn(1) + 129, Assert.Single(told.Known).Numbers.Last);
        Assert.Equal((2L, 33L), (told.Epoch, Assert.Single(told.Past).Lost));
    }

    [Fact]
    public void Sources_that_can_be_read_again_lose_nothing()
    {
        var file = new FragmentReport(1, Edge, [new SourceReport(File, 100, 0, false, null, 0, 0)], [], [], [], FailureReport.None);
        var sink = new FragmentReport(1, Hub, [], [], [], [new OutputReport(Out, 0, 0, Distribution.Empty, [new SettledSource(File, 10)])], FailureReport.None);

        var losses = Losses.None.Add([file, sink], []);

        Assert.Empty(losses.Gaps);
        Assert.Empty(losses.Past);
    }

    [Fact]
    public void Many_crashes_keep_a_bounded_list_and_count_all()
    {
        var losses = Losses.None;
        for (var epoch = 1; epoch <= 500; epoch++)
        {
            losses = losses.Add([Source(epoch, 3), Sink(epoch, 1)], []);
        }

        Assert.Equal(64, losses.Gaps.Length);
        Assert.Equal(1000, Assert.Single(losses.Past).Lost);
    }

    private static FragmentReport Source(long epoch, long offered) =>
        new(epoch, Edge, [new SourceReport(Cam, offered, 0, false, null, 0, 0) { First = SourceNumbers.FirstIn(epoch), IsLive = true }], [], [], [], FailureReport.None);

    private static FragmentReport Sink(long epoch, long settled) =>
        new(epoch, Hub, [], [], [], [new OutputReport(Out, settled, 0, Distribution.Empty, [new SettledSource(Cam, SourceNumbers.FirstIn(epoch) + settled - 1)])], FailureReport.None);
}
