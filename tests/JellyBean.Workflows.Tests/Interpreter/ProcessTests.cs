using JellyBean.Testing;
using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Tests.Interpreter;

public class ProcessTests
{
    /// <summary>Gives, for each element, all numbers its key has seen, once for each.</summary>
    private static WorkflowTest History() => Readings.Test(f => f.KeyBy(r => r.Key).Process("history", Readings.Seen, (seen, r) =>
    {
        seen.Add(r.Number);
        return r.Number < 0
            ? throw new InvalidOperationException("negative")
            : seen.Select(n => $"{r.Key}{n}").Take(2);
    }));

    [Fact]
    public void Process_keeps_one_state_per_key_and_gives_children()
    {
        var run = History().Feed(0, "a", 1).Feed(1, "b", 2).Feed(2, "a", 3).Run();

        Assert.Equal(
            ["in/default#0.0 @ 0 = a1", "in/default#1.0 @ 1 = b2", "in/default#2.0 @ 2 = a1", "in/default#2.1 @ 2 = a3"],
            run.Lines());
    }

    [Fact]
    public void Process_takes_a_source_in_its_order_whatever_the_event_times()
    {
        var run = History().Feed(9, "a", 1).Feed(0, "a", 2).Run();

        Assert.Equal(["in/default#0.0 @ 9 = a1", "in/default#1.0 @ 0 = a1", "in/default#1.1 @ 0 = a2"], run.Lines());
    }

    [Fact]
    public void Process_step_that_throws_fails_the_element_and_keeps_the_state_as_it_is()
    {
        var run = History().Feed(0, "a", -1).Feed(1, "a", 2).Run();

        Assert.Equal(["in/default#1.0 @ 1 = a-1", "in/default#1.1 @ 1 = a2"], run.Lines());
        Assert.Equal(1, run.FailedAt(new OperatorId("history")));
    }

    [Fact]
    public void Process_starts_afresh_with_each_run()
    {
        var test = History().Feed(0, "a", 1);

        Assert.Equal(test.Run().Lines(), test.Run().Lines());
    }
}
