using System.Text.Json;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Health;
using JellyBean.Planning;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.CommandLine;

public sealed class CommandTreeTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Run_ends_with_a_summary_and_code_0()
    {
        var code = await _program.InvokeAsync(_program.Run());

        Assert.Equal((ExitCodes.Ok, ""), (code, ErrorWithoutSteps()));
        Assert.Contains("all-cloud:", _program.Output, StringComparison.Ordinal);
        Assert.Contains("Emulated: 'camera-box' at 0.5", _program.Output, StringComparison.Ordinal);
        Assert.Contains("Done after 10.0 s", _program.Output, StringComparison.Ordinal);
        Assert.Single(_program.Engine.Nodes, n => n.IsCoordinator);
    }

    [Fact]
    public async Task Summary_shows_a_dash_for_what_was_not_measured_and_what_the_cost_is_made_of()
    {
        _program.Engine.Running = (plan, _, _) => Task.FromResult(Unmeasured(TestProgram.FakeEngine.Report(plan, 40)));

        await _program.InvokeAsync(_program.Run());

        Assert.Matches(@"namer +\S+ +(small|large) +80 +80 +0 +- +- +", _program.Output);
        Assert.Contains("Output names: 0 results, latency p50 -, p99 -", _program.Output, StringComparison.Ordinal);
        Assert.Contains("; the plan's bound of p99: ", _program.Output, StringComparison.Ordinal);
        Assert.Matches(@"Cost: \S+ \S+ at the measured pace, of which links 0\S* ", _program.Output);
        Assert.Contains("Busy above 100 %", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_json_has_null_for_what_was_not_measured()
    {
        _program.Engine.Running = (plan, _, _) => Task.FromResult(Unmeasured(TestProgram.FakeEngine.Report(plan, 40)));

        await _program.InvokeAsync(_program.Run("--json"));

        var json = JsonDocument.Parse(_program.Output).RootElement;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("latencyMs").GetProperty("p99").ValueKind);
        Assert.All(json.GetProperty("outputs").EnumerateArray(), o => Assert.Equal(JsonValueKind.Null, o.GetProperty("p50Ms").ValueKind));
    }

    [Fact]
    public async Task Run_json_is_one_line_alone_on_standard_output()
    {
        _program.Builder.OnCompleted((summary, _, _) => Task.FromResult(new RunAddition
        {
            Files = [new RunFile(Path.Combine(summary.OutputFolder, "sheet.png"), "Contact sheet")],
            Figures = RunAddition.None.Figures.Add("recall", 0.75),
        }));

        var code = await _program.InvokeAsync(_program.Run("--json"));

        Assert.Equal(ExitCodes.Ok, code);
        var line = Assert.Single(_program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(["north", "south"], json.GetProperty("frames").EnumerateObject().Select(p => p.Name));
        var north = json.GetProperty("frames").GetProperty("north");
        Assert.Equal((40, 40, 0), (north.GetProperty("in").GetInt64(), north.GetProperty("processed").GetInt64(), north.GetProperty("dropped").GetInt64()));
        Assert.Equal((11, 33), (json.GetProperty("latencyMs").GetProperty("p50").GetDouble(), json.GetProperty("latencyMs").GetProperty("p99").GetDouble()));
        var namer = json.GetProperty("plan").EnumerateArray().Single(p => p.GetProperty("operator").GetString() == "namer");
        Assert.Contains(namer.GetProperty("variant").GetString(), new[] { "small", "large" });
        Assert.Contains(namer.GetProperty("tier").GetString(), new[] { "edge", "cloud" });
        Assert.True(namer.GetProperty("batch").GetInt32() >= 1);
        Assert.All(["predicted", "measured"], kind => Assert.True(json.GetProperty("costPerHour").GetProperty(kind).GetDouble() > 0));
        Assert.True(json.GetProperty("throughput").GetProperty("predicted").GetDouble() > 14);
        Assert.Equal(8, json.GetProperty("throughput").GetProperty("measured").GetDouble());
        Assert.Equal(0.75, json.GetProperty("figures").GetProperty("recall").GetDouble());
        Assert.Contains("Completing: ", _program.Error, StringComparison.Ordinal);
        Assert.EndsWith("sheet.png", json.GetProperty("files")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accuracy_steers_the_variant()
    {
        await _program.InvokeAsync(_program.Run("--accuracy", "0.8"));

        Assert.Equal("large", _program.Engine.Plan![new("namer")].Variant);
    }

    [Fact]
    public async Task Accuracy_that_no_variant_reaches_is_code_3_with_reasons()
    {
        var code = await _program.InvokeAsync(_program.Run("--accuracy", "0.99"));

        Assert.Equal(ExitCodes.NoPlan, code);
        Assert.Contains("No plan fits", _program.Output, StringComparison.Ordinal);
        Assert.Contains("0.9", _program.Output, StringComparison.Ordinal);
        Assert.Null(_program.Engine.Plan);
    }

    [Fact]
    public async Task Plan_in_brief_of_rates_that_are_too_high_says_which_are_the_highest()
    {
        var code = await _program.InvokeAsync("plan", "--number", "a=x", "--rate", "10000000", "--brief");

        Assert.Equal(ExitCodes.NoPlan, code);
        Assert.Matches(@"The highest rates that fit: 0\.\d+ times these, [\d.]+ per second in all, for [\d.]+ \$/h\.", _program.Output);
    }

    [Theory]
    [InlineData("0.99")]
    [InlineData("0.8")]
    public async Task Plan_or_none_tells_whose_times_it_believes_and_how_to_get_others(string accuracy)
    {
        await _program.InvokeAsync("plan", "--number", "a=x", "--accuracy", accuracy);

        Assert.Single(
            _program.Output.Split('\n'),
            l => l.StartsWith("Profile: ", StringComparison.Ordinal) && l.EndsWith("(--recalibrate measures again, --rate X plans for another rate)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task Run_without_a_plan_gives_the_reasons_once_on_standard_error(params string[] options)
    {
        var code = await _program.InvokeAsync(_program.Run(["--accuracy", "0.99", .. options]));

        Assert.Equal(ExitCodes.NoPlan, code);
        Assert.Single(_program.Error.Split('\n'), l => l.StartsWith("No plan fits", StringComparison.Ordinal));
        Assert.Contains("0.9", _program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--json")]
    [InlineData("run", "--format", "json")]
    [InlineData("plan", "--json")]
    [InlineData("plan", "--format", "json")]
    public async Task Json_is_asked_for_alike_by_run_and_plan(params string[] args)
    {
        var code = await _program.InvokeAsync([.. args, "--number", "a=x", .. args[0] == "run" ? ["--output", _program.Folder] : Array.Empty<string>()]);

        Assert.Equal(ExitCodes.Ok, code);
        Assert.StartsWith("{", Assert.Single(_program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fly")]
    [InlineData("run", "--nope")]
    [InlineData("plan", "--format", "png")]
    [InlineData("plan", "--batch", "cells.csv", "--what-if", "rate=2x")]
    [InlineData("run", "--detach")]
    [InlineData("run", "--verbosity", "loud")]
    [InlineData("run", "--config", "/nope.conf")]
    public async Task Wrong_arguments_are_code_2_with_one_message_and_no_stack(params string[] args)
    {
        var code = await _program.InvokeAsync(args);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.StartsWith("error: ", _program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _program.Error, StringComparison.Ordinal);
        Assert.Equal("", _program.Output);
    }

    [Fact]
    public async Task What_only_a_run_of_one_process_can_do_is_refused_for_a_cluster_all_at_once()
    {
        var code = await _program.InvokeAsync("run", "--join", "127.0.0.1:9", "--pace", "--resume");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("--pace cannot be given together with --join: the nodes read the sources: give it to them.", _program.Error, StringComparison.Ordinal);
        Assert.Contains("--resume cannot be given together with --join", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_source_is_code_2_with_the_sources_own_message()
    {
        _program.Sources.NominalRate = null;

        var code = await _program.InvokeAsync("plan", "--number", "door=missing");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Equal("error: 'door': there is no file 'missing'. Check its name.\n", _program.Error);
    }

    [Fact]
    public async Task Missing_sources_are_all_told()
    {
        _program.Sources.NominalRate = null;

        var code = await _program.InvokeAsync("plan", "--number", "door=missing", "--number", "yard=missing", "--number", "gate=x");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Equal(
            [
                "error: 'door': there is no file 'missing'. Check its name.",
                "error: 'yard': there is no file 'missing'. Check its name.",
                "error: jellybean.inputs.numbers.gate does not know how many elements per second it gives. Set jellybean.inputs.numbers.gate.rate, or --rate gate=X.",
            ],
            _program.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Sink_and_source_factory_given_twice_are_code_2_and_told_together()
    {
        _program.Builder.UseSources(TestProgram.Numbers, _program.Sources).UseSink(TestProgram.Names, _ => throw new InvalidOperationException("Never made."));

        var code = await _program.InvokeAsync(_program.Run());

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("error: Input 'numbers' already has a source factory. Call UseSources once for each input.", _program.Error, StringComparison.Ordinal);
        Assert.Contains("error: Output 'names' already has a sink. Call UseSink once for each output.", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_that_knows_no_rate_is_code_2_and_says_what_to_set()
    {
        _program.Sources.NominalRate = null;

        var code = await _program.InvokeAsync("plan", "--number", "door=x");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("Set jellybean.inputs.numbers.door.rate, or --rate door=X.", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_folder_that_cannot_be_written_is_code_2()
    {
        var file = _program.Write("", "taken");

        var code = await _program.InvokeAsync(_program.Run("--set", $"jellybean.output={file}/below")[..^0].Where(a => a != "--output" && !a.EndsWith("/out", StringComparison.Ordinal)).ToArray());

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("cannot be written", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_model_is_code_2_unless_it_is_to_be_restored()
    {
        var models = new FakeModels();
        _program.Builder.UseModels(models);

        var refused = await _program.InvokeAsync(_program.Run());

        Assert.Equal(ExitCodes.BadInput, refused);
        Assert.Contains("Model file 'net' is missing: not there. Bring it with 'models restore', or run with --restore.", _program.Error, StringComparison.Ordinal);

        using var second = new TestProgram();
        second.Builder.UseModels(models);
        Assert.Equal(ExitCodes.Ok, await second.InvokeAsync(second.Run("--restore")));
        Assert.True(models.IsReady);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("verify")]
    [InlineData("restore")]
    public async Task Models_of_a_program_without_any_are_told_to_be_none(string command)
    {
        Assert.Equal(ExitCodes.Ok, await _program.InvokeAsync("models", command));
        Assert.Equal("The program names no model files. UseModels gives it some." + Environment.NewLine, _program.Output);
    }

    [Fact]
    public async Task Models_verify_tells_states_by_code_too()
    {
        _program.Builder.UseModels(new FakeModels());

        Assert.Equal(ExitCodes.BadInput, await _program.InvokeAsync("models", "verify"));
        Assert.Contains("missing", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_run_is_code_1_without_stack_and_with_it_when_debugging()
    {
        _program.Engine.Running = (_, _, _) => throw new RunException("Node edge-1 was lost.");

        Assert.Equal(ExitCodes.Failed, await _program.InvokeAsync(_program.Run()));
        Assert.Contains("error: Node edge-1 was lost.", _program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _program.Error, StringComparison.Ordinal);

        using var second = new TestProgram();
        second.Engine.Running = _program.Engine.Running;
        await second.InvokeAsync(second.Run("--verbosity", "debug"));
        Assert.Contains("   at ", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_that_threw_the_unexpected_is_code_1_and_the_figures_are_told_all_the_same()
    {
        _program.Engine.Running = (plan, _, _) => Task.FromResult(WithFault(TestProgram.FakeEngine.Report(plan, 30), SourceFault.Of(new InvalidOperationException("bug"))));

        var code = await _program.InvokeAsync(_program.Run("--json"));

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("error: Source 'north' ended early, after 30 frames: InvalidOperationException: bug.", _program.Error, StringComparison.Ordinal);
        Assert.Contains("Ended early, after 10.0 s", _program.Error, StringComparison.Ordinal);
        var json = JsonDocument.Parse(_program.Output).RootElement;
        Assert.Equal("InvalidOperationException: bug", json.GetProperty("frames").GetProperty("north").GetProperty("fault").GetString());
        Assert.Equal(1, json.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task Source_that_ended_early_with_trouble_it_knows_is_code_0_with_a_warning()
    {
        _program.Engine.Running = (plan, _, _) => Task.FromResult(WithFault(TestProgram.FakeEngine.Report(plan, 30), SourceFault.Of(new SourceException("Unplugged."))));

        var code = await _program.InvokeAsync(_program.Run());

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Ended early, after 10.0 s", _program.Output, StringComparison.Ordinal);
        Assert.Contains("warning: source 'north' ended early, after 30 frames: Unplugged.", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_of_which_every_element_failed_is_code_1_with_the_main_cause()
    {
        _program.Engine.Running = (plan, _, _) => Task.FromResult(AllFailed(TestProgram.FakeEngine.Report(plan, 30)));

        var code = await _program.InvokeAsync(_program.Run());

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("error: None of 60 frames was processed: 60 failed, 0 were dropped. Most often, 60 times, at namer: no output 'z'", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_that_repeats_its_causes_message_is_told_once()
    {
        _program.Engine.Running = (_, _, _) => throw new RunException("Variant 'x' cannot be run: no such input. Export it again.", inner: new InvalidDataException("no such input.\n"));

        await _program.InvokeAsync(_program.Run());

        Assert.Contains("error: Variant 'x' cannot be run: no such input. Export it again.\n", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_stop_drains_and_tells_what_was_done()
    {
        using var signals = new StopSignals(CancellationToken.None);
        _program.Engine.Running = async (plan, drain, _) =>
        {
            signals.Stop();
            await Task.Delay(Timeout.Infinite, drain).ContinueWith(_ => { }, TaskScheduler.Default);
            return TestProgram.FakeEngine.Report(plan, 12);
        };

        var code = await _program.InvokeAsync(signals, _program.Run());

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Stopped and drained", _program.Output, StringComparison.Ordinal);
        Assert.Contains("Stopping: sources have stopped, and what was admitted is processed. Stop once more (Ctrl-C) to end at once.", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_stop_aborts_with_code_130()
    {
        using var signals = new StopSignals(CancellationToken.None);
        _program.Engine.Running = async (plan, _, abort) =>
        {
            signals.Stop();
            signals.Stop();
            await Task.Delay(Timeout.Infinite, abort);
            return TestProgram.FakeEngine.Report(plan, 12);
        };

        var code = await _program.InvokeAsync(signals, _program.Run());

        Assert.Equal(ExitCodes.Interrupted, code);
        Assert.Contains("Stopped at once", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_that_nobody_heard_says_so_when_it_is_stopped()
    {
        using var signals = new StopSignals(CancellationToken.None);
        signals.Stop();
        signals.Stop();

        var code = await _program.InvokeAsync(signals, "run", "--number", "a=x", "--join", "127.0.0.1:9", "--detach");

        Assert.Equal(ExitCodes.Interrupted, code);
        Assert.Equal("Stopped before any coordinator had answered.\n", _program.Error);
    }

    [Theory]
    [InlineData(true, "It is not waited for any longer; what the cluster was asked for goes on.")]
    [InlineData(false, "Stopped before any coordinator had answered.")]
    public void What_goes_on_when_a_command_is_stopped_depends_on_whether_the_cluster_was_reached(bool isReached, string expected)
    {
        var (state, isReachedByNow) = (new RunState(), false);
        state.Ask(() => isReachedByNow);
        isReachedByNow = isReached;

        Assert.Equal(expected, state.IfStopped);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("history")]
    [InlineData("pin", "namer", "edge")]
    [InlineData("run", "--join", "nowhere")]
    public async Task Who_asks_a_cluster_needs_no_sources(params string[] args)
    {
        await _program.InvokeAsync([.. args, "--config", _program.Write("")]);

        Assert.StartsWith("error: ", _program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("has no source", _program.Error, StringComparison.Ordinal);
        Assert.Single(_program.Error.Split("error: ", StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("history")]
    [InlineData("workflows")]
    [InlineData("stop")]
    public async Task Who_asks_a_cluster_says_how_long_to_wait(string command)
    {
        var code = await _program.InvokeAsync(command, "--config", _program.Write(""), "--join", "127.0.0.1:1", "--deadline", "0.5");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("No coordinator has answered within 0.5 s at 127.0.0.1:1.", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_that_fails_is_code_1_and_figures_are_told_all_the_same()
    {
        _program.Builder.OnCompleted((_, _, _) => throw new InvalidOperationException("No ink."));

        var code = await _program.InvokeAsync(_program.Run("--json"));

        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("{", _program.Output, StringComparison.Ordinal);
        Assert.Contains("No ink.", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_that_cannot_be_opened_is_bad_input_told_once_before_anything_is_planned()
    {
        _program.SinkFault = "The disk is gone.";

        var code = await _program.InvokeAsync(_program.Run());

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Equal(2, _program.Error.Split("Output 'names': The disk is gone.").Length);
        Assert.DoesNotContain("Plan of", _program.Output, StringComparison.Ordinal);
        Assert.Null(_program.Engine.Plan);
    }

    [Fact]
    public async Task Programs_own_options_reach_the_context()
    {
        _program.Builder.UseOption("--zones", "FILE", "What is true.");
        string? truth = null;
        _program.Builder.OnCompleted((_, services, _) =>
        {
            truth = services.GetRequiredService<RunContext>().Options["zones"].Single();
            return Task.CompletedTask;
        });

        await _program.InvokeAsync(_program.Run("--zones", "x.xml"));

        Assert.Equal("x.xml", truth);
    }

    [Fact]
    public async Task Plan_json_has_placements_cost_and_comparisons()
    {
        var code = await _program.InvokeAsync("plan", "--number", "a=x", "--format", "json");

        var json = JsonDocument.Parse(_program.Output).RootElement;
        Assert.Equal((ExitCodes.Ok, "optimal"), (code, json.GetProperty("status").GetString()));
        Assert.Equal(["edge", "cloud"], json.GetProperty("comparisons").EnumerateArray().Select(c => c.GetProperty("tier").GetString()));
        Assert.Equal(3, json.GetProperty("plan").GetArrayLength());
        Assert.True(json.GetProperty("costPerHour").GetDouble() > 0);
    }

    [Fact]
    public async Task Second_plan_takes_the_measured_profile_until_told_to_measure_again()
    {
        _program.Sources.Count = 33;
        await _program.InvokeAsync("plan", "--number", "once=x");
        using var second = new TestProgram();
        await second.InvokeAsync("plan", "--number", "once=x");
        using var third = new TestProgram();
        await third.InvokeAsync("plan", "--number", "once=x", "--recalibrate");

        Assert.Contains("measuring the workflow", _program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("measuring the workflow", second.Error, StringComparison.Ordinal);
        Assert.Contains("measuring the workflow", third.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PhaseKind.Running, "Healthy")]
    [InlineData(PhaseKind.Draining, "Degraded")]
    [InlineData(PhaseKind.Failed, "Unhealthy")]
    internal async Task Health_follows_the_run(PhaseKind kind, string expected)
    {
        var state = new RunState();
        state.Enter(kind, "so it is");

        var health = await new RunHealthCheck(state).CheckHealthAsync(new(), default);

        Assert.Equal((expected, "so it is"), (health.Status.ToString(), health.Description));
    }

    // Busy for longer than the run took, with no batch and no result.
    private static RunReport Unmeasured(RunReport report)
    {
        var fragment = report.Fragments[0];
        return report with
        {
            Fragments = [fragment with { Stages = [fragment.Stages[0] with { BusySeconds = 1000 }], Outputs = [fragment.Outputs[0] with { Results = 0, LatencyMs = Distribution.Empty }] }],
        };
    }

    private static RunReport WithFault(RunReport report, SourceFault fault)
    {
        var fragment = report.Fragments[0];
        return report with { Fragments = [fragment with { Sources = fragment.Sources.SetItem(0, fragment.Sources[0] with { Fault = fault }) }] };
    }

    private static RunReport AllFailed(RunReport report)
    {
        var fragment = report.Fragments[0];
        var failures = new FailureReport(
            [.. fragment.Sources.Select(s => new FailedElements(s.Source, s.Offered, [new NumberRange(0, s.Offered - 1)]))],
            [new FailureCause(new("namer"), "no output 'z'", 60, new FailedElement(fragment.Sources[0].Source, 0), new FailedElement(fragment.Sources[1].Source, 29))],
            0);
        return report with { Fragments = [fragment with { Failures = failures }] };
    }

    private string ErrorWithoutSteps() => string.Concat(_program.Error.Split('\n').Where(l => !l.StartsWith("  ", StringComparison.Ordinal)));

    private sealed class FakeModels : IModelSource
    {
        public bool IsReady { get; private set; }

        public string Name => "fake";

        public IReadOnlyList<ModelFile> Files { get; } = [new ModelFile("net", "/nowhere/net.onnx", "MIT", "a package")];

        public Task<IReadOnlyList<ModelFileStatus>> VerifyAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ModelFileStatus>>([new ModelFileStatus(Files[0], IsReady ? ModelFileState.Ready : ModelFileState.Missing, "not there")]);

        public Task RestoreAsync(IProgress<string> progress, CancellationToken cancellationToken)
        {
            IsReady = true;
            return Task.CompletedTask;
        }
    }
}
