using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Tests.Interpreter;

public class ElementwiseTests
{
    [Fact]
    public void Select_keeps_lineage_and_time()
    {
        var run = Readings.Test(f => f.Select(r => $"{r.Key}{r.Number}")).Feed(1, "a", 1).Feed(2.5, "b", 2).Run();

        Assert.Equal(["in/default#0 @ 1 = a1", "in/default#1 @ 2.5 = b2"], run.Lines());
    }

    [Fact]
    public void Where_leaves_out_without_renumbering()
    {
        var run = Readings.Test(f => f.Where(r => r.Number > 1).Select(r => r.Key)).Feed(1, "a", 1).Feed(2, "b", 2).Run();

        Assert.Equal(["in/default#1 @ 2 = b"], run.Lines());
        Assert.Equal(0, run.Failed);
    }

    [Fact]
    public void SelectMany_gives_children_and_nested_children()
    {
        var run = Readings.Test(f => f
                .SelectMany(r => Enumerable.Range(0, r.Number), "outer")
                .SelectMany(i => Enumerable.Repeat($"{i}", i), "inner"))
            .Feed(0, "a", 0).Feed(1, "b", 3).Run();

        Assert.Equal(["in/default#1.1.0 @ 1 = 1", "in/default#1.2.0 @ 1 = 2", "in/default#1.2.1 @ 1 = 2"], run.Lines());
    }

    [Fact]
    public void SelectMany_that_throws_half_way_gives_nothing_of_the_element()
    {
        static IEnumerable<string> Twice(Reading r)
        {
            yield return r.Key;
            yield return r.Number == 0 ? throw new InvalidDataException("zero") : r.Key;
        }

        var run = Readings.Test(f => f.SelectMany(Twice, "twice")).Feed(0, "a", 0).Feed(1, "b", 1).Run();

        Assert.Equal(["in/default#1.0 @ 1 = b", "in/default#1.1 @ 1 = b"], run.Lines());
        var failure = Assert.Single(run.Failures);
        Assert.Equal("twice", failure.Operator.Value);
        Assert.Equal("in/default#0", failure.Id);
        Assert.Equal("InvalidDataException: zero", failure.Cause);
    }

    [Fact]
    public void Merge_adds_the_place_of_the_flow()
    {
        var run = Readings.Test(f =>
        {
            var (small, large) = f.Branch("small", r => r.Number < 2);
            return small.Select(r => $"small {r.Key}").Merge("both", large.Select(r => $"large {r.Key}"), f.Select(r => "any"));
        }).Feed(0, "a", 1).Feed(1, "b", 2).Run();

        Assert.Equal(
            ["in/default#0.0 @ 0 = small a", "in/default#0.2 @ 0 = any", "in/default#1.1 @ 1 = large b", "in/default#1.2 @ 1 = any"],
            run.Lines());
    }

    [Fact]
    public void A_flow_merged_with_itself_gives_different_identities()
    {
        var run = Readings.Test(f => f.Select(r => r.Key).Merge("twice", f.Select(r => r.Key, "again"))).Feed(0, "a", 1).Run();

        Assert.Equal(["in/default#0.0 @ 0 = a", "in/default#0.1 @ 0 = a"], run.Lines());
    }

    [Fact]
    public void Results_come_by_source_then_number()
    {
        var run = Readings.Test(f => f.Select(r => r.Key)).Feed(5, "x", 1, "south").Feed(1, "y", 1, "north").Feed(6, "z", 1, "south").Run();

        Assert.Equal(["in/north#0 @ 1 = y", "in/south#0 @ 5 = x", "in/south#1 @ 6 = z"], run.Lines());
    }

    [Fact]
    public void A_failing_branch_leaves_the_other_alone()
    {
        var run = Readings.Test(f => f.Select(r => 10 / r.Number, "divide").Select(n => $"{n}").Merge("both", f.Select(r => r.Key)))
            .Feed(0, "a", 0).Feed(1, "b", 5).Run();

        Assert.Equal(["in/default#0.1 @ 0 = a", "in/default#1.0 @ 1 = 2", "in/default#1.1 @ 1 = b"], run.Lines());
        Assert.Equal(1, run.FailedAt(new OperatorId("divide")));
    }
}
