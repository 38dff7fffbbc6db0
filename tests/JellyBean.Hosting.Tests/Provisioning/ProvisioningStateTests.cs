using System.Collections.Immutable;
using CsCheck;
using JellyBean.Hosting.Provisioning;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Hosting.Tests.Provisioning;

public sealed class ProvisioningStateTests
{
    private static readonly WorkerId A = new("a");
    private static readonly ProvisioningOptions Options = new() { IdleAfter = TimeSpan.FromSeconds(20), FirstPause = TimeSpan.FromSeconds(1), LastPause = TimeSpan.FromSeconds(8) };

    [Fact]
    public void Needed_worker_is_started_once_however_often_it_is_decided()
    {
        var (first, todo) = new ProvisioningState().Decide(View(needed: [A]), Options, TimeSpan.Zero);
        var (second, again) = first.Decide(View(needed: [A]), Options, TimeSpan.FromMinutes(5));
        var (_, there) = second.Ended(A, hasFailed: false, Options, TimeSpan.FromMinutes(5)).Decide(View(needed: [A], running: [A]), Options, TimeSpan.FromMinutes(6));

        Assert.Equal([new Provision(A, IsStart: true)], todo.ToArray());
        Assert.Empty(again);
        Assert.Empty(there);
    }

    [Fact]
    public void Failures_are_counted_and_tried_again_after_pauses_that_double_up_to_a_cap()
    {
        var state = new ProvisioningState();
        var (now, starts) = (TimeSpan.Zero, new List<double>());
        while (starts.Count < 7)
        {
            (state, var todo) = state.Decide(View(needed: [A]), Options, now);
            if (!todo.IsEmpty)
            {
                starts.Add(now.TotalSeconds);
                state = state.Ended(A, hasFailed: true, Options, now);
            }

            now += TimeSpan.FromMilliseconds(100);
        }

        Assert.Equal([0, 1, 3, 7, 15, 23, 31], starts.Select(s => Math.Round(s)));
        Assert.Equal(7, state.Failures);
    }

    [Fact]
    public void Worker_that_was_left_behind_is_given_back_once_it_was_idle_long_enough_and_one_that_is_used_is_not()
    {
        var (state, early) = new ProvisioningState().Decide(View(running: [A]), Options, TimeSpan.Zero);
        var (_, used) = state.Decide(View(used: [A], running: [A]), Options, Options.IdleAfter);
        var (_, idle) = state.Decide(View(running: [A]), Options, Options.IdleAfter);

        Assert.Empty(early);
        Assert.Empty(used);
        Assert.Equal([new Provision(A, IsStart: false)], idle.ToArray());
    }

    /// <summary>Whatever is needed, used, fails or takes long: never two things at once for one name, nothing that is needed is stopped, nothing that is there is started, and in the end what is needed is there and nothing else.</summary>
    [Fact]
    public void Any_schedule_keeps_what_must_hold_and_ends_with_what_is_needed() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2]).Array[5, 80].Sample(
            schedule =>
            {
                ImmutableArray<WorkerId> names = [new("a"), new("b"), new("c")];
                var (state, now) = (new ProvisioningState(), TimeSpan.Zero);
                var (needed, running, doing) = (new HashSet<WorkerId>(), new HashSet<WorkerId> { names[2] }, new Dictionary<WorkerId, bool>());
                foreach (var (what, which) in schedule)
                {
                    var name = names[which];
                    switch (what)
                    {
                        case 0:
                            needed.Add(name);
                            break;
                        case 1:
                            needed.Remove(name);
                            break;
                        case 2:
                            End(name, hasFailed: false);
                            break;
                        case 3:
                            End(name, hasFailed: true);
                            break;
                        case 4:
                            // It dies by itself.
                            running.Remove(name);
                            break;
                        default:
                            Decide(TimeSpan.FromSeconds(5));
                            break;
                    }
                }

                for (var step = 0; step < 40; step++)
                {
                    names.ToList().ForEach(n => End(n, hasFailed: false));
                    Decide(TimeSpan.FromSeconds(5));
                }

                Assert.Equal(needed.Order(), running.Order());

                void Decide(TimeSpan after)
                {
                    now += after;
                    (state, var todo) = state.Decide(View([.. needed], [], [.. running]), Options, now);
                    foreach (var provision in todo)
                    {
                        Assert.DoesNotContain(provision.Worker, doing.Keys);
                        Assert.Equal(provision.IsStart, needed.Contains(provision.Worker));
                        Assert.NotEqual(provision.IsStart, running.Contains(provision.Worker));
                        doing[provision.Worker] = provision.IsStart;
                    }
                }

                void End(WorkerId name, bool hasFailed)
                {
                    if (!doing.Remove(name, out var isStart))
                    {
                        return;
                    }

                    if (!hasFailed && isStart)
                    {
                        running.Add(name);
                    }
                    else if (!hasFailed)
                    {
                        running.Remove(name);
                    }

                    state = state.Ended(name, hasFailed, Options, now);
                }
            },
            seed: "0N0XIzNsQ0O2",
            iter: 5_000,
            threads: 1);

    private static ProvisioningView View(ImmutableSortedSet<WorkerId>? needed = null, ImmutableSortedSet<WorkerId>? used = null, ImmutableSortedSet<WorkerId>? running = null) => new(needed ?? [], used ?? [], running ?? []);
}
