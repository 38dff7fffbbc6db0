using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Health;
using JellyBean.Hosting.Reports;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning;
using JellyBean.Planning.Explanation;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Commands;

/// <summary>Plans, and shows the plan and why it is as it is.</summary>
internal sealed class PlanCommand(ProgramDefinition program, Preparation preparation, PlanBatch batch, IPlanner planner, RunState state, Terminal terminal)
{
    public async Task<int> RunAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        if (request.Batch is not null)
        {
            return await batch.RunAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var errors = new InputErrors();
        var progress = new ProgressText(terminal.Error);
        var input = await preparation.LookAsync(preparation.Configure(request.Preparation.Configuration, errors), request.Preparation, errors, opens: false, progress, cancellationToken).ConfigureAwait(false);
        if (errors.IsEmpty && request.WhatIf is { } asked)
        {
            // Names are right or wrong whatever is measured.
            var wrong = new List<string>();
            WhatIf.Apply(preparation.Unmeasured(input), asked, wrong);
            errors.Add(wrong.Select(AsWhatIf));
        }

        errors.ThrowIfAny();
        var prepared = await preparation.PrepareAsync(input, request.Preparation, progress, cancellationToken).ConfigureAwait(false);
        var until = planner.Until(cancellationToken);
        var change = default(PlanChange);
        if (request.WhatIf is { } changes)
        {
            var before = prepared;
            change = new PlanChange(changes, before.Result);
            prepared = await Preparation.SolveAsync(() => Preparation.Plan(before, Changed(before.Problem, changes), until), cancellationToken).ConfigureAwait(false);
        }

        var plan = prepared.Result.Plan;
        if (request.Format == PlanFormat.Json)
        {
            var explained = await Preparation.SolveAsync(() => Explain(prepared, change, request.Brief, until), cancellationToken).ConfigureAwait(false);
            await TellAsync(ExplanationJson.Write(explained) + Environment.NewLine, cancellationToken).ConfigureAwait(false);
        }
        else if (plan is not null && request.Format is PlanFormat.Dot or PlanFormat.Svg)
        {
            await TellAsync(request.Format == PlanFormat.Dot ? PlanDot.Write(plan, prepared.Problem) : PlanSvg.Draw(plan, prepared.Problem), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await TellAsync(ExplanationReport.Plan(prepared, change), cancellationToken).ConfigureAwait(false);
            await WhyAsync(prepared, request, until, cancellationToken).ConfigureAwait(false);
        }

        return plan is null ? ExitCodes.NoPlan : ExitCodes.Ok;
    }

    // A plan is found in a second, why it is so in a minute: whoever waits for the plan has it meanwhile, and can stop there.
    private async Task WhyAsync(Prepared prepared, PlanRequest request, IPlanner until, CancellationToken cancellationToken)
    {
        if (request.Brief && request.Format == PlanFormat.Text)
        {
            var rates = await Preparation.SolveAsync(() => ExplanationReport.Rates(prepared, until.Plan), cancellationToken).ConfigureAwait(false);
            await TellAsync(rates, cancellationToken).ConfigureAwait(false);
        }

        if (request.Brief || request.Format != PlanFormat.Text)
        {
            return;
        }

        state.Explain();
        foreach (var section in ExplanationReport.Sections(prepared, () => Heuristic(prepared.Problem), until.Plan))
        {
            await TellAsync(await Preparation.SolveAsync(section, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(string text, CancellationToken cancellationToken)
    {
        await terminal.Output.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
        await terminal.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private ExplainedPlan Explain(Prepared prepared, PlanChange? change, bool isBrief, IPlanner until) => isBrief
        ? new ExplainedPlan(prepared, null, [], change)
        : new ExplainedPlan(
            prepared,
            prepared.Result.Plan is { } plan ? PlanExplainer.Explain(prepared.Problem, plan, until.Plan) : null,
            prepared.Result.Status == PlanningStatus.Infeasible ? RelaxationSearch.Find(prepared.Problem, until.Plan) : [],
            change)
        {
            Heuristic = Heuristic(prepared.Problem),
        };

    /// <summary>The published planner on the same question, by its own rules.</summary>
    private HeuristicAnswer? Heuristic(PlanningProblem problem)
    {
        var outputs = problem.Workflow.Operators.OfType<OutputOperator>().ToList();
        if (program.HeuristicSamples.IsEmpty || outputs is not [var output] || problem.ObjectivesOf(output) is not { Accuracy: not null, P99: null })
        {
            return null;
        }

        var asked = problem with { Options = PlanningModes.P1 with { UtilisationCap = problem.Options.UtilisationCap } };
        return new HeuristicAnswer(PublishedHeuristic.Plan(asked, program.HeuristicSamples, givesBack: false));
    }

    private static string AsWhatIf(string error) => $"--what-if: {error}";

    private static PlanningProblem Changed(PlanningProblem problem, string changes)
    {
        var errors = new List<string>();
        var changed = WhatIf.Apply(problem, changes, errors);
        errors.AddRange(errors.Count == 0 ? changed.Validate() : []);
        return errors.Count == 0 ? changed : throw new BadInputException([.. errors.Select(AsWhatIf)]);
    }
}
