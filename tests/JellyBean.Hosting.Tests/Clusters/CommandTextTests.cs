using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Tests.Control;
using JellyBean.Runtime.Commands;

namespace JellyBean.Hosting.Tests.Clusters;

/// <summary>What the command line says of commands.</summary>
public sealed class CommandTextTests
{
    [Theory]
    [InlineData(CommandStatus.Done, "done", ExitCodes.Ok)]
    [InlineData(CommandStatus.Unchanged, "nothing to do", ExitCodes.Ok)]
    [InlineData(CommandStatus.Planned, "only planned", ExitCodes.Ok)]
    [InlineData(CommandStatus.Refused, "refused", ExitCodes.BadInput)]
    [InlineData(CommandStatus.NoPlan, "not possible", ExitCodes.NoPlan)]
    [InlineData(CommandStatus.NotPossible, "not possible", ExitCodes.Failed)]
    public void Outcome_is_told_with_changes_shortfalls_and_cost_and_has_an_exit_code(CommandStatus status, string verdict, int code)
    {
        var text = new StringWriter();

        CommandText.Write(new CommandOutcome { Command = "pin detector cloud", Status = status, Message = "So it is.", Changes = ["detector: a → b"], Shortfalls = ["Less."], CostBefore = 0.0175, CostAfter = 0.02 }, text);

        Assert.Equal($"pin detector cloud: {verdict}. So it is.\n  detector: a → b\nLess.\ncost: 0.0175 $/h → 0.0200 $/h\n", text.ToString().ReplaceLineEndings("\n"));
        Assert.Equal(code, CommandText.CodeOf(status));
    }

    [Fact]
    public void Outcome_cost_accuracy_and_p99_are_one_line_and_what_is_much_worse_is_warned_of()
    {
        var text = new StringWriter();

        CommandText.Write(
            new CommandOutcome
            {
                Command = "add cameras/yard",
                Status = CommandStatus.Done,
                Message = "So it is.",
                CostBefore = 0.01,
                CostAfter = 0.07,
                Outputs =
                [
                    new OutputChange(new("identities"), null, null, null, 225, double.PositiveInfinity), new OutputChange(new("tracks"), "mota", 0.794, 0.8131, 141, 319.4),
                    new OutputChange(new("none"), null, null, null, null, null),
                ],
            },
            text);

        Assert.Equal(
            """
            add cameras/yard: done. So it is.
            cost: 0.0100 $/h → 0.0700 $/h; identities: p99 225 ms → without bound; tracks: mota 0.794 → 0.813, p99 at most 141 ms → 319 ms
            warning: It costs 7.0 times as much as before; the p99 of 'identities' is without bound; the p99 of 'tracks' is up to 2.3 times as long.

            """.ReplaceLineEndings("\n"),
            text.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task History_is_told_decision_by_decision()
    {
        var text = new StringWriter();

        CommandText.Write(await new FakeControl().HistoryAsync(TimeSpan.FromSeconds(1), CancellationToken.None), text);

        Assert.Equal(
            """
            1. 1970-01-01 00:00:00Z pin detector cloud
               epoch 1 → 2: Epoch 2 is in force.
               cost: 1.0000 $/h → 2.5000 $/h
               weighed: epoch 2 at 2.5000 $/h: chosen
               took: planning 1.50 s
               measured: cameras/gate in 7 elements

            """.ReplaceLineEndings("\n"),
            text.ToString().ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("pin", "detector")]
    [InlineData("drain")]
    [InlineData("unpin")]
    [InlineData("replan", "now")]
    public async Task Command_without_what_it_needs_is_bad_input(params string[] arguments)
    {
        using var program = new TestProgram();

        Assert.Equal(ExitCodes.BadInput, await program.InvokeAsync(arguments));
        Assert.Contains("error:", program.Error, StringComparison.Ordinal);
    }
}
