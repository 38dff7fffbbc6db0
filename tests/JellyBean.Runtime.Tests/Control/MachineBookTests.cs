using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control;

public sealed class MachineBookTests
{
    private const double Cores = 4;

    private static readonly ImmutableArray<NodeDescription> Nodes =
        [.. new[] { "a", "b", "c" }.Select(n => ClusterFixture.Node(n, Tier.Edge) with { Cores = Cores, MemoryBytes = 1000 })];

    [Fact]
    public void Book_whatever_is_planned_at_once_no_machine_is_given_away_twice() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Double[0, 1], Gen.Int[0, 2], (workflow, machine, utilisation, act) => (workflow, machine, utilisation, act)).Array[1, 60].Sample(
            steps =>
            {
                var book = new MachineBook();
                var reserved = new Dictionary<string, Plan>();
                foreach (var (number, machine, utilisation, act) in steps)
                {
                    var workflow = $"w{number}";
                    switch (act)
                    {
                        case 0:
                            var plan = PlanOn(Nodes[machine].Worker, utilisation);
                            if (book.Reserve(workflow, plan, Nodes).IsEmpty)
                            {
                                reserved[workflow] = plan;
                            }

                            break;
                        case 1 when reserved.Remove(workflow, out var adopted):
                            book.Hold(workflow, MachineBook.Of(adopted, NodeOf));
                            book.Release(workflow);
                            break;
                        case 2:
                            book.Hold(workflow, ImmutableDictionary<WorkerId, MachineShare>.Empty);
                            break;
                    }

                    var used = book.TakenBut("nobody").Keys;
                    Assert.Equal(used, book.PaidByOthers("nobody").AsEnumerable());

                    // Whoever is left when all others are taken away has it, and one of those pays.
                    Assert.All(used, m => Assert.Single(Enumerable.Range(0, 4), n => !book.PaidByOthers($"w{n}").Contains(m)));

                    Assert.All(book.TakenBut("nobody"), t => Assert.True(t.Value.Cores <= Cores * (1 + 1e-5), $"{t.Key}: {t.Value}"));
                }
            },
            seed: "0N0XIzNsQ0O2",
            iter: 2_000,
            threads: 1);

    [Fact]
    public void Book_two_plans_made_for_the_same_cores_the_second_is_told_where_and_keeps_nothing()
    {
        var book = new MachineBook();

        Assert.Empty(book.Reserve("first", PlanOn(Nodes[0].Worker, 0.75), Nodes));
        Assert.Equal(Nodes[0].Worker, Assert.Single(book.Reserve("second", PlanOn(Nodes[0].Worker, 0.5), Nodes)));

        Assert.Empty(book.TakenBut("first"));
        Assert.Equal(new MachineShare(3, 10), book.TakenBut("second")[Nodes[0].Worker]);
    }

    [Fact]
    public void Book_what_was_reserved_and_is_not_wanted_is_free_again()
    {
        var book = new MachineBook();
        book.Reserve("first", PlanOn(Nodes[0].Worker, 0.75), Nodes);

        book.Release("first");

        Assert.Empty(book.TakenBut("second"));
    }

    [Fact]
    public void Book_a_machine_is_paid_by_who_has_it_the_longest_and_then_by_the_next()
    {
        var book = new MachineBook();
        var share = MachineBook.Of(PlanOn(Nodes[0].Worker, 0.25), NodeOf);
        book.Hold("first", share);
        book.Reserve("second", PlanOn(Nodes[0].Worker, 0.25), Nodes);
        book.Hold("third", share);
        book.Hold("second", share);
        book.Release("second");

        Assert.Empty(book.PaidByOthers("first"));
        Assert.All(new[] { "second", "third", "somebody" }, w => Assert.Equal([Nodes[0].Worker], book.PaidByOthers(w)));

        book.Hold("first", ImmutableDictionary<WorkerId, MachineShare>.Empty);

        Assert.Empty(book.PaidByOthers("second"));
        Assert.Equal([Nodes[0].Worker], book.PaidByOthers("third"));
    }

    private static NodeDescription? NodeOf(WorkerId worker) => Nodes.FirstOrDefault(n => n.Worker == worker);

    private static Plan PlanOn(WorkerId worker, double utilisation) =>
        ClusterFixture.Plan() with { Workers = [new WorkerPrediction { Worker = worker, Utilisation = utilisation, MemoryBytes = 10 }] };
}
