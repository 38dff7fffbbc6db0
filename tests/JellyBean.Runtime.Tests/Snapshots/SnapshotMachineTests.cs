using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Tests.Snapshots;

public sealed class SnapshotMachineTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(1);
    private static readonly SnapshotMachine Machine = new(new SnapshotOptions { Folder = "unused", Every = Every, Deadline = TimeSpan.FromSeconds(30) }, ResendAfter);
    private static readonly WorkerId A = new("a");
    private static readonly WorkerId B = new("b");

    /// <summary>Whatever is lost, doubled, late or refused: what is committed is stored everywhere, numbers only grow, and once messages arrive again the last snapshot comes.</summary>
    [Fact]
    public void Machine_any_interleaving_commits_only_what_every_worker_has_stored() =>
        Gen.Int[0, int.MaxValue].Array[0, 120].Sample(choices => new Simulation().Run(choices), iter: 5000);

    [Fact]
    public void Snapshot_that_a_node_does_not_answer_is_given_up_by_name_and_the_next_one_is_tried()
    {
        var simulation = new Simulation();
        simulation.Occurs(new SnapshotEvent.PartStored(A, 1, new SnapshotReceipt(1, A, 10, 1)));

        simulation.Passes(TimeSpan.FromSeconds(30));
        simulation.Passes(ResendAfter);

        var given = Assert.Single(simulation.Effects.OfType<SnapshotEffect.GivenUp>());
        Assert.Equal(1, given.Snapshot);
        Assert.Contains("did not answer: b", given.Reason, StringComparison.Ordinal);
        Assert.Contains(new SnapshotEffect.Take(B, 1, 2), simulation.Effects);
    }

    [Fact]
    public void Snapshot_of_a_new_epoch_does_not_take_parts_of_the_old_one()
    {
        var simulation = new Simulation();
        simulation.Occurs(new SnapshotEvent.Stopped());
        simulation.Occurs(new SnapshotEvent.Started(2, [A, B], 0));

        foreach (var worker in new[] { A, B })
        {
            simulation.Occurs(new SnapshotEvent.PartStored(worker, 1, new SnapshotReceipt(1, worker, 10, 1)));
            simulation.Occurs(new SnapshotEvent.PartStored(worker, 1, new SnapshotReceipt(2, worker, 10, 1)));
        }

        Assert.Empty(simulation.Effects.OfType<SnapshotEffect.Keep>());
    }

    private sealed class Simulation
    {
        private readonly List<SnapshotEvent> _underway = [];
        private readonly HashSet<(WorkerId, long)> _stored = [];
        private readonly HashSet<long> _kept = [];
        private readonly HashSet<long> _asked = [];
        private SnapshotState _state = new();
        private TimeSpan _now;

        public Simulation() => Occurs(new SnapshotEvent.Started(1, [A, B], 0));

        public List<SnapshotEffect> Effects { get; } = [];

        public void Run(int[] choices)
        {
            foreach (var choice in choices)
            {
                Step(choice % 8, choice / 8);
            }

            // From now on everything arrives.
            Occurs(new SnapshotEvent.Completed());
            for (var i = 0; i < 100 && !_state.IsOver; i++)
            {
                while (_underway.Count > 0 && !_state.IsOver)
                {
                    Deliver(0, keep: false);
                }

                Passes(ResendAfter);
            }

            Assert.True(_state.IsOver);
            Assert.Equal(_kept.Max(), _state.Last);
        }

        public void Passes(TimeSpan time)
        {
            _now += time;
            Occurs(new SnapshotEvent.Tick());
        }

        public void Occurs(SnapshotEvent occurred)
        {
            var before = _state;
            var step = Machine.Next(before, occurred, _now);
            _state = step.State;
            Effects.AddRange(step.Effects);
            Assert.True(_state.Last >= before.Last && _state.Highest >= before.Highest);
            foreach (var effect in step.Effects)
            {
                Answer(effect);
            }
        }

        private void Step(int what, int which)
        {
            switch (what)
            {
                case 0:
                    Passes(ResendAfter);
                    break;
                case 1:
                    Passes(Every);
                    break;
                case 2 when _underway.Count > 0:
                    _underway.RemoveAt(which % _underway.Count);
                    break;
                case 3 when _underway.Count > 0:
                    Deliver(which % _underway.Count, keep: true);
                    break;
                case 4 when _state.Taking > 0:
                    Occurs(new SnapshotEvent.PartFailed(which % 2 == 0 ? A : B, 1, _state.Taking - (which / 2 % 2), "The disk is full."));
                    break;
                default:
                    if (_underway.Count > 0)
                    {
                        Deliver(which % _underway.Count, keep: false);
                    }

                    break;
            }
        }

        private void Deliver(int at, bool keep)
        {
            var message = _underway[at];
            if (!keep)
            {
                _underway.RemoveAt(at);
            }

            Occurs(message);
        }

        // What workers and the folder would say, some time.
        private void Answer(SnapshotEffect effect)
        {
            switch (effect)
            {
                case SnapshotEffect.Take e:
                    _asked.Add(e.Snapshot);
                    _stored.Add((e.Worker, e.Snapshot));
                    _underway.Add(new SnapshotEvent.PartStored(e.Worker, e.Epoch, new SnapshotReceipt(e.Snapshot, e.Worker, 1, 1)));
                    break;
                case SnapshotEffect.Keep e:
                    Assert.Equal([A, B], e.Parts.Select(p => p.Worker));
                    Assert.All(e.Parts, p => Assert.Equal(e.Snapshot, p.Snapshot));
                    Assert.True(_kept.Add(e.Snapshot));
                    _underway.Add(new SnapshotEvent.Kept(e.Snapshot));
                    break;
                case SnapshotEffect.Commit e:
                    Assert.Contains(e.Snapshot, _kept);
                    Assert.Contains((A, e.Snapshot), _stored);
                    Assert.Contains((B, e.Snapshot), _stored);
                    _underway.Add(new SnapshotEvent.Committed(e.Worker, e.Epoch, e.Snapshot));
                    break;
            }
        }
    }
}
