using JellyBean.Testing;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Models;

namespace JellyBean.Workflows.Tests.Interpreter;

public class InferTests
{
    private static WorkflowTest InferMany() => Readings.Test(f => f.InferMany(
        Readings.Speller, parts: r => Enumerable.Range(1, r.Number), keep: r => r.Key, result: (key, answers) => $"{key}[{string.Join(' ', answers)}]"));

    [Fact]
    public void Infer_puts_element_and_answer_together()
    {
        var run = Readings.Test(f => f.Infer(Readings.Speller, r => r.Number, (r, answer) => $"{r.Key} {answer}"))
            .Stub(Readings.Speller, n => new string('i', n)).Feed(0, "a", 3).Run();

        Assert.Equal(["in/default#0 @ 0 = a iii"], run.Lines());
    }

    [Fact]
    public void Infer_whose_model_throws_fails_only_that_element()
    {
        var run = Readings.Test(f => f.Infer(Readings.Speller, r => r.Number, (r, answer) => answer))
            .Stub(Readings.Speller, n => n == 1 ? throw new InvalidOperationException("odd shape") : $"{n}")
            .Feed(0, "a", 0).Feed(1, "a", 1).Feed(2, "a", 2).Run();

        Assert.Equal(["in/default#0 @ 0 = 0", "in/default#2 @ 2 = 2"], run.Lines());
        Assert.Equal(1, run.FailedAt(new OperatorId("speller")));
        Assert.Equal(1, run.Failed);
    }

    [Fact]
    public void InferMany_regroups_in_part_order_under_the_elements_own_lineage()
    {
        var run = InferMany().Stub(Readings.Speller, n => $"{n}!").Feed(0, "a", 2).Feed(1, "b", 0).Feed(2, "c", 1).Run();

        Assert.Equal(["in/default#0 @ 0 = a[1! 2!]", "in/default#1 @ 1 = b[]", "in/default#2 @ 2 = c[1!]"], run.Lines());
    }

    [Fact]
    public void Answer_that_is_null_fails_its_element_and_says_what_is_allowed()
    {
        var test = Readings.Test(f => f.Infer(Readings.Speller, r => r.Number, (r, text) => $"{r.Key}{text}"));

        var run = test.Stub(Readings.Speller, n => n == 2 ? null! : $"{n}").Feed(0, "a", 2).Feed(1, "b", 3).Run();

        Assert.Equal(["in/default#1 @ 1 = b3"], run.Lines());
        Assert.Contains("gave null for an element. Allowed is an answer for each", Assert.Single(run.Failures).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void InferMany_with_a_failed_part_fails_the_element_whole()
    {
        var run = InferMany().Stub(Readings.Speller, n => n >= 2 ? throw new InvalidOperationException("no") : $"{n}").Feed(0, "a", 3).Feed(1, "b", 1).Run();

        Assert.Equal(["in/default#1 @ 1 = b[1]"], run.Lines());
        Assert.Equal(2, run.FailedAt(new OperatorId("speller")));
        Assert.Equal(1, run.FailedAt(new OperatorId("speller/regroup")));
        Assert.Equal("2 of 3 parts failed.", run.Failures.Last().Cause);
        Assert.Equal(1, run.Failed);
    }

    [Fact]
    public void InferMany_within_children_keeps_their_paths()
    {
        var test = Readings.Test(f => f
            .SelectMany(r => Enumerable.Range(1, r.Number), "split")
            .InferMany(Readings.Speller, parts: n => Enumerable.Range(0, n), keep: n => n, result: (n, answers) => (n, answers), name: "first")
            .InferMany(Readings.Speller, parts: a => a.answers.Select(text => text.Length), keep: a => a.n, result: (n, again) => $"{n}:{string.Join(',', again)}", name: "second"));

        var run = test.Stub(Readings.Speller, n => new string('x', n)).Feed(7, "a", 3).Run();

        Assert.Equal(["in/default#0.0 @ 7 = 1:", "in/default#0.1 @ 7 = 2:,x", "in/default#0.2 @ 7 = 3:,x,xx"], run.Lines());
    }

    [Fact]
    public void Run_names_all_missing_stubs_at_once()
    {
        var other = Model.Define<int, string>("other", [new Readings.FakeVariant("plain")]);
        var test = Readings.Test(f => f.Infer(Readings.Speller, r => r.Number, (r, a) => a.Length).Infer(other, (n, a) => a));

        var error = Assert.Throws<InvalidOperationException>(test.Run);

        Assert.Contains("'speller', 'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stub_of_a_model_that_is_not_asked_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Readings.Test(f => f.Select(r => r.Key)).Stub(Readings.Speller, n => ""));

        Assert.Contains("does not ask this model 'speller'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseVariant_loads_the_named_variant_Async()
    {
        var test = InferMany().UseVariant(Readings.Speller, "plain").Feed(0, "a", 2);

        Assert.Throws<InvalidOperationException>(test.Run);
        Assert.Equal(["in/default#0 @ 0 = a[real:1 real:2]"], (await test.RunAsync()).Lines());
        await Assert.ThrowsAsync<ModelLoadException>(() => test.UseVariant(Readings.Speller, "broken").RunAsync());
        await Assert.ThrowsAsync<ModelLoadException>(() => test.UseVariant(Readings.Speller, "none").RunAsync());
    }
}
