using JellyBean.Testing;
using JellyBean.Workflows.Flows;

namespace JellyBean.Workflows.Tests.Interpreter;

public class WindowTests
{
    private static WorkflowTest Of(Window window, LatePolicy late = LatePolicy.Drop) => Readings.Test(f => f.KeyBy(r => r.Key).Window(
        "window",
        window,
        (key, span, all) => all.Any(r => r.Number < 0)
            ? throw new InvalidOperationException("negative")
            : $"{key} {(span.Start - DateTimeOffset.UnixEpoch).TotalSeconds}..{(span.End - DateTimeOffset.UnixEpoch).TotalSeconds}: {string.Join(' ', all.Select(r => r.Number))}",
        late));

    private static string[] Values(WorkflowTestRun run) => [.. run.Results(Readings.Output)];

    [Fact]
    public void Tumbling_window_gives_one_result_per_key_and_span_with_elements()
    {
        var run = Of(Window.Tumbling(TimeSpan.FromSeconds(2)))
            .Feed(0, "a", 1).Feed(1, "b", 2).Feed(1.9, "a", 3).Feed(2, "a", 4).Feed(7, "b", 5).Run();

        Assert.Equal(
            [
                "(in/default#1)[0] @ 1.9999999 = b 0..2: 2",
                "(in/default#0+in/default#2)[0] @ 1.9999999 = a 0..2: 1 3",
                "(in/default#3)[0] @ 3.9999999 = a 2..4: 4",
                "(in/default#4)[0] @ 7.9999999 = b 6..8: 5",
            ],
            run.Lines());
    }

    [Fact]
    public void Sliding_window_has_an_element_in_each_span_over_it_and_tells_equal_contents_apart()
    {
        var run = Of(Window.Sliding(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1))).Feed(0, "a", 1).Feed(1, "a", 2).Run();

        Assert.Equal(
            [
                "(in/default#0)[0] @ 0.9999999 = a -2..1: 1",
                "(in/default#0+in/default#1)[0] @ 1.9999999 = a -1..2: 1 2",
                "(in/default#0+in/default#1)[1] @ 2.9999999 = a 0..3: 1 2",
                "(in/default#1)[2] @ 3.9999999 = a 1..4: 2",
            ],
            run.Lines());
    }

    [Fact]
    public void Spans_are_aligned_to_the_epoch_before_it_too()
    {
        var run = Of(Window.Tumbling(TimeSpan.FromSeconds(10))).Feed(-1, "a", 1).Feed(0, "a", 2).Run();

        Assert.Equal(["a -10..0: 1", "a 0..10: 2"], Values(run));
    }

    [Fact]
    public void Spans_are_exact_to_the_tick_far_from_the_epoch()
    {
        var century = TimeSpan.FromDays(36525) + TimeSpan.FromTicks(7);
        var run = Readings.Test(f => f.Unpartitioned().Window(
                "window", Window.Tumbling(TimeSpan.FromTicks(7)), (_, span, _) => $"{(span.Start - DateTimeOffset.UnixEpoch).Ticks} {(span.End - span.Start).Ticks}"))
            .Feed(Readings.Input, century, new Reading("a", 1)).Run();

        Assert.Equal([$"{century.Ticks / 7 * 7} 7"], Values(run));
    }

    [Fact]
    public void Window_orders_elements_by_time_then_lineage()
    {
        var run = Readings.Test(Readings.Tolerant, f => f.Unpartitioned().Window("window", Window.Tumbling(TimeSpan.FromSeconds(10)), (_, _, all) => string.Join(' ', all.Select(r => r.Number))))
            .Feed(5, "a", 1, input: Readings.Tolerant).Feed(3, "a", 2, input: Readings.Tolerant)
            .Feed(3, "a", 3, "before", Readings.Tolerant).Run();

        Assert.Equal(["(tolerant/before#0+tolerant/default#1+tolerant/default#0)[0] @ 9.9999999 = 3 2 1"], run.Lines());
    }

    [Fact]
    public void Window_drops_or_admits_late_elements()
    {
        WorkflowTest Fed(LatePolicy late) => Of(Window.Tumbling(TimeSpan.FromSeconds(10)), late).Feed(12, "a", 1).Feed(3, "a", 2).Feed(12, "a", 3);

        Assert.Equal(["a 10..20: 1 3"], Values(Fed(LatePolicy.Drop).Run()));
        Assert.Equal(["a 10..20: 1 2 3"], Values(Fed(LatePolicy.Admit).Run()));
        Assert.Equal(1, Fed(LatePolicy.Drop).Run().LateAt(new OperatorId("window")));
        Assert.Equal(1, Fed(LatePolicy.Admit).Run().LateAt(new OperatorId("window")));
    }

    [Fact]
    public void Lateness_is_inherited_by_children_and_regrouped_elements()
    {
        var run = Readings.Test(f => f
                .InferMany(Readings.Speller, r => [r.Number], r => r.Key, (key, answers) => answers[0])
                .SelectMany(text => new[] { text, text }, "twice")
                .Unpartitioned()
                .Window("window", Window.Tumbling(TimeSpan.FromSeconds(10)), (_, _, all) => string.Join(' ', all)))
            .Stub(Readings.Speller, n => $"{n}").Feed(12, "a", 1).Feed(3, "a", 2).Run();

        Assert.Equal(["1 1"], Values(run));
        Assert.Equal(2, run.LateAt(new OperatorId("window")));
        Assert.Equal(1, run.Late);
    }

    [Fact]
    public void Window_whose_function_throws_gives_up_that_span_only()
    {
        var run = Of(Window.Tumbling(TimeSpan.FromSeconds(2))).Feed(0, "a", -1).Feed(1, "a", 2).Feed(2, "a", 3).Run();

        Assert.Equal(["a 2..4: 3"], Values(run));
        var failure = Assert.Single(run.Failures);
        Assert.Equal("in/default#1", failure.Id);
    }
}
