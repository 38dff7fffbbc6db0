using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Clients;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Tests.Control.Clients;

/// <summary>A node that several workflows use is drained of all of them, or of none.</summary>
public sealed class EveryWorkflowTests
{
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, (CommandStatus Would, CommandStatus Does)> _answers = [];

    [Fact]
    public async Task Drain_asks_each_workflow_first_and_tells_for_each_what_moves()
    {
        _answers["tracking"] = _answers["counting"] = (CommandStatus.Planned, CommandStatus.Done);

        var outcome = await Of("tracking", "counting").DrainAsync(new CommandOptions { Id = "now" });

        Assert.Equal(["tracking?", "counting?", "tracking now", "counting now"], _asked);
        Assert.Equal((CommandStatus.Done, "drain edge-1", 6.0), (outcome.Status, outcome.Command, outcome.CostAfter));
        Assert.Equal("tracking: Done. counting: Done.", outcome.Message);
        Assert.Equal("tracking: detector moves, counting: detector moves", string.Join(", ", outcome.Changes));
    }

    [Fact]
    public async Task Drain_that_one_workflow_cannot_do_moves_nothing_and_says_which_and_why()
    {
        _answers["tracking"] = (CommandStatus.Planned, CommandStatus.Done);
        _answers["counting"] = (CommandStatus.NoPlan, CommandStatus.NoPlan);

        var outcome = await Of("tracking", "counting").DrainAsync(new CommandOptions());

        Assert.Equal(["tracking?", "counting?"], _asked);
        Assert.Equal(CommandStatus.NoPlan, outcome.Status);
        Assert.Equal("Nothing has changed: a node is drained of all workflows or of none. tracking: it could be drained. counting: NoPlan.", outcome.Message);
    }

    [Fact]
    public async Task Drain_that_a_workflow_cannot_do_after_all_says_what_is_drained_and_what_to_do()
    {
        _answers["tracking"] = (CommandStatus.Planned, CommandStatus.Done);
        _answers["counting"] = (CommandStatus.Planned, CommandStatus.NotPossible);

        var outcome = await Of("tracking", "counting").DrainAsync(new CommandOptions());

        Assert.Equal(CommandStatus.NotPossible, outcome.Status);
        Assert.Contains("'return edge-1'", outcome.Message, StringComparison.Ordinal);
        Assert.EndsWith("tracking: Done. counting: NotPossible.", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_concerns_only_workflows_that_have_the_node_and_versions_are_told_apart()
    {
        _answers["tracking@cafecafe"] = (CommandStatus.Planned, CommandStatus.Done);
        _answers["tracking@beefbeef"] = (CommandStatus.Unchanged, CommandStatus.Unchanged);
        _answers["counting"] = (CommandStatus.Refused, CommandStatus.Refused);

        var outcome = await Of("tracking@cafecafe", "tracking@beefbeef", "counting").DrainAsync(new CommandOptions());

        Assert.Equal(CommandStatus.Done, outcome.Status);
        Assert.Equal("tracking@cafecafe: Done. tracking@beefbeef: Unchanged.", outcome.Message);
    }

    [Fact]
    public async Task Node_that_no_workflow_has_is_refused_with_all_that_are_allowed()
    {
        _answers["tracking"] = _answers["counting"] = (CommandStatus.Refused, CommandStatus.Refused);

        var drained = await Of("tracking", "counting").DrainAsync(new CommandOptions());
        var returned = await Of("tracking", "counting").ReturnAsync(new CommandOptions());

        Assert.Equal(("Refused. Allowed: of-counting, of-tracking.", CommandStatus.Refused), (drained.Message, drained.Status));
        Assert.Equal(CommandStatus.Refused, returned.Status);
    }

    [Fact]
    public async Task Return_takes_back_what_is_drained_and_is_harmless_where_nothing_is()
    {
        _answers["tracking"] = (CommandStatus.Unchanged, CommandStatus.Unchanged);
        _answers["counting"] = (CommandStatus.Done, CommandStatus.Done);

        var one = await Of("tracking", "counting").ReturnAsync(new CommandOptions());
        _answers["counting"] = (CommandStatus.Unchanged, CommandStatus.Unchanged);
        var none = await Of("tracking", "counting").ReturnAsync(new CommandOptions());

        Assert.Equal((CommandStatus.Done, "Done."), (one.Status, one.Message));
        Assert.Equal((CommandStatus.Unchanged, "Unchanged."), (none.Status, none.Message));
    }

    private EveryWorkflow Of(params string[] workflows) => new(
        new Command(ControlProtocol.Version, "", CommandKind.Drain, "edge-1", "", false),
        [.. workflows.Select(w => new WorkflowStatus { Name = w.Split('@')[0], Fingerprint = w.Split('@') is [_, var print] ? print : w, Phase = "running" })],
        (fingerprint, options) =>
        {
            var workflow = workflows.Single(w => w == fingerprint || w.EndsWith($"@{fingerprint}", StringComparison.Ordinal));
            _asked.Add($"{workflow}{(options.IsDryRun ? "?" : $" {options.Id}")}");
            var status = options.IsDryRun ? _answers[workflow].Would : _answers[workflow].Does;
            return Task.FromResult(status == CommandStatus.Refused
                ? new CommandOutcome { Command = "drain edge-1", Status = status, Message = $"Refused. Allowed: of-{workflow}.", Allowed = [$"of-{workflow}"] }
                : new CommandOutcome { Command = "drain edge-1", Status = status, Message = $"{status}.", Changes = ["detector moves"], CostBefore = 1, CostAfter = 3 });
        });
}
