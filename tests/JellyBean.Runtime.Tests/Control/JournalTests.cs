using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control;

public sealed class JournalTests
{
    [Fact]
    public void Record_written_and_read_is_the_same()
    {
        var (gate, yard) = (new SourceId("in/gate"), new SourceId("in/yard"));
        var record = new RunRecord
        {
            Epoch = 7,
            RunId = "r",
            Plan = "plan",
            IsDraining = true,
            Shortfalls = ["a", "b"],
            EndedRunId = "q",
            EndedFailure = "broke",
            Custody = Custody.None.Give([gate], "beef").Take(new SourceStart(yard, 70, 3)),
            Upgrade = new Upgrade { Id = "u", Command = "upgrade", From = "beef", Step = UpgradeStep.Undoing, Sources = [gate, yard], Problem = "It broke." },
        };

        Assert.Equal(record, RunRecord.FromBytes(record.ToBytes()));
        Assert.Equal(RunRecord.Empty, RunRecord.FromBytes(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Record_that_takes_too_much_room_forgets_what_nodes_had_said_before_what_is_in_force()
    {
        var said = PlannedWalk.Fragment(new WorkerId("a"), 1) with { Sources = [new SourceReport(new SourceId("in/gate"), 9, 0, false, null, 0, 0) { IsLive = true }] };
        var small = new RunRecord { Plan = "plan", Heard = [said] };
        var large = small with { Plan = new string('p', 64 * 1024), Heard = [.. Enumerable.Repeat(said, 500)] };

        var kept = RunRecord.FromBytes(small.With([]).ToBytes());
        var left = RunRecord.FromBytes(large.With([]).ToBytes());

        Assert.Equal(9, Assert.Single(Assert.Single(kept.Heard).Sources).Offered);
        Assert.Empty(left.Heard);
        Assert.Equal(large.Plan, left.Plan);
    }

    [Fact]
    public void Replica_saved_and_loaded_is_the_same()
    {
        var replica = new Replica(4, "c", new JournalEntry(3, 2, "value"u8.ToArray()));

        Assert.Equal(replica, JournalFormat.FromBytes(JournalFormat.ToBytes(replica)));
    }

    [Fact]
    public void Registers_keep_workflows_apart_and_take_over_what_was_saved_before_there_were_several()
    {
        var (own, other) = (new Replica(4, "c", new JournalEntry(3, 2, "value"u8.ToArray())), new Replica(1, "d", JournalEntry.Nothing));

        var read = Registers.FromBytes(Registers.None.With("a1", own).With("b2", other).ToBytes(), "none");
        var former = Registers.FromBytes(JournalFormat.ToBytes(own), "a1");

        Assert.Equal((own, other, Replica.New), (read["a1"], read["b2"], read["c3"]));
        Assert.Equal((own, Replica.New), (former["a1"], former["b2"]));
    }

    [Fact]
    public void Leader_of_one_replica_leads_and_keeps_what_it_writes()
    {
        var (replica, leader) = (Replica.New, Candidate(0, majority: 1));
        for (var step = 0; leader.Asking is { } asking; step++)
        {
            (replica, leader) = Step(replica, "r0", leader, asking);
            Assert.InRange(step, 0, 3);
        }

        leader = leader.Write("x"u8.ToArray());
        (replica, leader) = Step(replica, "r0", leader, leader.Asking!);

        Assert.Equal(leader.Entry, replica.Entry);
        Assert.Equal(leader.Entry.Index, leader.Kept);
    }

    /// <summary>Two coordinators, three copies, messages lost, doubled and late, copies that restart from what they saved: what was once kept is in every later leader's hands.</summary>
    [Fact]
    public void What_a_majority_kept_is_known_to_every_later_leader() => Gen.Int[0, 999].Array[50, 400].Sample(
        choices =>
        {
            var world = new World();
            foreach (var choice in choices)
            {
                world.Do(choice);
            }
        },
        seed: "0N0XIzNsQ0O2",
        iter: 5_000,
        threads: 1);

    private static Leader Candidate(int which, int majority) => new() { Candidate = $"c{which}", Majority = majority, Term = 1 };

    private static (Replica Replica, Leader Leader) Step(Replica replica, string name, Leader leader, IControlMessage asking)
    {
        var (next, answer) = Answer(replica, name, asking);
        return (next, Listen(leader, answer));
    }

    private static (Replica Next, IControlMessage Answer) Answer(Replica replica, string name, IControlMessage asked) => asked switch
    {
        Prepare m => replica.On(new WorkerId(name), m),
        Accept m => replica.On(new WorkerId(name), m),
        _ => throw new ArgumentOutOfRangeException(nameof(asked)),
    };

    private static Leader Listen(Leader leader, IControlMessage answer) => answer switch
    {
        Promise m => leader.On(m),
        Accepted m => leader.On(m),
        Overruled m => leader.On(m),
        _ => throw new ArgumentOutOfRangeException(nameof(answer)),
    };

    private sealed class World
    {
        private readonly Replica[] _replicas = [Replica.New, Replica.New, Replica.New];
        private readonly Leader[] _leaders = [Candidate(0, 2), Candidate(1, 2)];
        private readonly List<(int Replica, int Leader, IControlMessage Message)> _asked = [];
        private readonly List<(int Leader, IControlMessage Message)> _answers = [];
        private readonly Dictionary<long, string> _leaderOf = [];
        private (long Term, int Number) _kept;
        private int _written;

        public void Do(int choice)
        {
            var (what, which) = (choice % 8, choice / 8);
            switch (what)
            {
                case 0 or 1:
                    Ask(which % 2);
                    break;
                case 2 or 3 when _asked.Count > 0:
                    Deliver(which % _asked.Count, keeps: which % 5 == 0);
                    break;
                case 4 or 5 when _answers.Count > 0:
                    Answered(which % _answers.Count, keeps: which % 5 == 0);
                    break;
                case 6 when _leaders[which % 2] is { IsPromised: true, IsOverruled: false } leader && leader.Kept == leader.Entry.Index:
                    _leaders[which % 2] = leader.Write(BitConverter.GetBytes(++_written));
                    break;
                case 7 when which % 4 == 0:
                    // Begins anew, as after a crash: only what replicas hold is left.
                    _leaders[which % 2] = new Leader { Candidate = $"c{which % 2}-{_written++}-{choice}-{_asked.Count}", Majority = 2, Term = 1 };
                    _answers.RemoveAll(a => a.Leader == which % 2);
                    break;
                case 7:
                    _replicas[which % 3] = JournalFormat.FromBytes(JournalFormat.ToBytes(_replicas[which % 3]));
                    break;
            }
        }

        private void Ask(int leader)
        {
            if (_leaders[leader].Asking is { } asking)
            {
                _asked.AddRange(Enumerable.Range(0, 3).Select(r => (r, leader, asking)));
            }
        }

        private void Deliver(int at, bool keeps)
        {
            var (replica, leader, message) = _asked[at];
            (_replicas[replica], var answer) = Answer(_replicas[replica], $"r{replica}", message);
            _answers.Add((leader, answer));
            if (!keeps)
            {
                _asked.RemoveAt(at);
            }
        }

        private void Answered(int at, bool keeps)
        {
            var (which, message) = _answers[at];
            var before = _leaders[which];
            var after = _leaders[which] = Listen(before, message);
            if (!keeps)
            {
                _answers.RemoveAt(at);
            }

            if (after.IsPromised && !before.IsPromised)
            {
                Assert.True(_leaderOf.TryAdd(after.Term, after.Candidate), $"Term {after.Term} has two leaders.");
                var number = NumberOf(after.Entry);
                Assert.True(after.Term < _kept.Term || number >= _kept.Number, $"The leader of term {after.Term} knows {number}; {_kept.Number} was kept in term {_kept.Term}.");
            }

            if (after.Kept > before.Kept && after.Term >= _kept.Term)
            {
                _kept = (after.Term, NumberOf(after.Entry));
            }
        }

        private static int NumberOf(JournalEntry entry) => entry.Value.IsEmpty ? 0 : BitConverter.ToInt32(entry.Value.Span);
    }
}
