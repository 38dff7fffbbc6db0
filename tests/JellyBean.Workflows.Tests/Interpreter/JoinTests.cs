using JellyBean.Testing;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Workflows.Tests.Interpreter;

public class JoinTests
{
    private static readonly Input<Reading> Left = new("left") { AllowedLateness = TimeSpan.FromSeconds(1) };
    private static readonly Input<Reading> Right = new("right");

    private static WorkflowTest Join(double within, LatePolicy late = LatePolicy.Drop, Func<Reading, Reading, bool>? match = null) =>
        new(Workflow.Define("pairs", w => w.From(Left).KeyBy(r => r.Key)
            .JoinWithin("join", w.From(Right).KeyBy(r => r.Key), TimeSpan.FromSeconds(within), match ?? ((_, _) => true), (a, b) => $"{a.Number}-{b.Number}", late)
            .To(Readings.Output)));

    [Fact]
    public void Join_pairs_by_key_and_time_in_the_order_of_time()
    {
        var run = Join(within: 2)
            .Feed(1, "a", 1, input: Left).Feed(2, "b", 2, input: Left).Feed(4, "a", 3, input: Left)
            .Feed(0, "a", 10, input: Right).Feed(3, "a", 11, input: Right).Feed(4, "b", 12, input: Right).Feed(4.5, "b", 13, input: Right)
            .Run();

        Assert.Equal(
            [
                "(left/default#0+right/default#0)[0] @ 1 = 1-10",
                "(left/default#2+right/default#1)[0] @ 4 = 3-11",
                "(left/default#0+right/default#1)[0] @ 3 = 1-11",
                "(left/default#1+right/default#2)[0] @ 4 = 2-12",
            ],
            run.Lines());
    }

    [Fact]
    public void Join_at_the_same_instant_pairs_once()
    {
        var run = Join(within: 0).Feed(1, "a", 1, input: Left).Feed(1, "a", 2, input: Right).Run();

        Assert.Equal(["(left/default#0+right/default#0)[0] @ 1 = 1-2"], run.Lines());
    }

    [Fact]
    public void Join_drops_late_elements_and_counts_them()
    {
        var run = Join(within: 10)
            .Feed(5, "a", 1, input: Left).Feed(4, "a", 2, input: Left).Feed(3.9, "a", 3, input: Left)
            .Feed(4, "a", 10, input: Right).Run();

        // 4 s is as far back as the left input allows; 3.9 s is late.
        Assert.Equal(["(left/default#0+right/default#0)[0] @ 5 = 1-10", "(left/default#1+right/default#0)[0] @ 4 = 2-10"], run.Lines());
        Assert.Equal(1, run.LateAt(new OperatorId("join")));
        Assert.Equal(1, run.Late);
        Assert.Equal(0, run.Failed);
    }

    [Fact]
    public void Join_admits_late_elements_at_the_time_their_source_has_reached()
    {
        var run = Join(within: 1, LatePolicy.Admit)
            .Feed(5, "a", 1, input: Left).Feed(0, "a", 2, input: Left)
            .Feed(0, "a", 10, input: Right).Feed(6, "a", 11, input: Right).Run();

        // The second on the left happened at 0 s but counts as of 5 s: too far from 0 s, near enough to 6 s.
        Assert.Equal(["(left/default#0+right/default#1)[0] @ 6 = 1-11", "(left/default#1+right/default#1)[0] @ 6 = 2-11"], run.Lines());
        Assert.Equal(1, run.LateAt(new OperatorId("join")));
    }

    [Fact]
    public void Join_pair_whose_function_throws_is_left_out_alone()
    {
        var run = Join(within: 10, match: (a, b) => a.Number == 1 ? throw new InvalidOperationException("one") : true)
            .Feed(0, "a", 1, input: Left).Feed(1, "a", 2, input: Left).Feed(2, "a", 10, input: Right).Run();

        Assert.Equal(["(left/default#1+right/default#0)[0] @ 2 = 2-10"], run.Lines());
        Assert.Equal("right/default#0", Assert.Single(run.Failures).Id);
    }

    [Fact]
    public void Self_join_meets_each_element_once_per_side()
    {
        var run = Readings.Test(f =>
        {
            var keyed = f.Unpartitioned();
            return keyed.JoinWithin("self", keyed, TimeSpan.FromSeconds(1), (_, _) => true, (a, b) => $"{a.Number}-{b.Number}");
        }).Feed(0, "a", 1).Feed(1, "b", 2).Run();

        Assert.Equal(
            [
                "(in/default#0+in/default#0)[0] @ 0 = 1-1",
                "(in/default#1+in/default#0)[0] @ 1 = 2-1",
                "(in/default#0+in/default#1)[0] @ 1 = 1-2",
                "(in/default#1+in/default#1)[0] @ 1 = 2-2",
            ],
            run.Lines());
    }

    [Fact]
    public void Self_join_with_a_strict_match_pairs_across_sources_only_once()
    {
        var run = Readings.Test(f =>
        {
            var keyed = f.KeyBy(r => r.Key);
            return keyed.JoinWithin("self", keyed, TimeSpan.FromSeconds(10), (a, b) => a.Number < b.Number, (a, b) => $"{a.Number}-{b.Number}");
        }).Feed(0, "gate", 1, "north").Feed(3, "gate", 2, "south").Run();

        Assert.Equal(["(in/north#0+in/south#0)[0] @ 3 = 1-2"], run.Lines());
    }

    [Fact]
    public void Children_of_a_joins_result_are_told_apart()
    {
        var run = Readings.Test(f =>
        {
            var keyed = f.KeyBy(r => r.Key);
            return keyed.JoinWithin("self", keyed, TimeSpan.MaxValue, (a, b) => a.Number < b.Number, (a, b) => $"{a.Number}{b.Number}")
                .SelectMany(s => s.Select(c => $"{c}"), "digits");
        }).Feed(0, "a", 1).Feed(1, "a", 2).Run();

        Assert.Equal(["(in/default#0+in/default#1)[0].0 @ 1 = 1", "(in/default#0+in/default#1)[0].1 @ 1 = 2"], run.Lines());
    }

    [Fact]
    public void A_joins_results_are_on_time_for_what_follows()
    {
        var run = Readings.Test(f =>
        {
            var keyed = f.KeyBy(r => r.Key);
            var pairs = keyed.JoinWithin("admit", keyed, TimeSpan.FromSeconds(1), (a, b) => a.Number < b.Number, (a, b) => $"{a.Number}-{b.Number}", LatePolicy.Admit);
            return pairs.Unpartitioned().Window("window", Window.Tumbling(TimeSpan.FromSeconds(10)), (_, _, all) => string.Join(' ', all));
        }).Feed(5, "a", 1).Feed(0, "a", 2).Run();

        Assert.Equal(["1-2"], run.Results(Readings.Output));
        Assert.Equal(0, run.LateAt(new OperatorId("window")));
    }
}
