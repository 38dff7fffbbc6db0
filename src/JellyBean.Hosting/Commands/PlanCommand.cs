using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Reports;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning;
using JellyBean.Planning.Explanation;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Commands;

/// <summary>Plans, and shows the plan and why it is as it is.</summary>
internal sealed class PlanCommand(ProgramDefinition program, Preparation preparation, PlanBatch batch, IPlanner planner, Terminal terminal)
{
    public async Task<int> RunAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        if (request.Batch is not null)
        {
            return await batch.RunAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var configuration = preparation.Configure(request.Preparation.Configuration);
        var prepared = await preparation.PrepareAsync(configuration, request.Preparation, new ProgressText(terminal.Error), cancellationToken).ConfigureAwait(false);
        var explained = await Preparation.SolveAsync(() => Explain(prepared, request, planner.Until(cancellationToken)), cancellationToken).ConfigureAwait(false);
        await terminal.Output.WriteAsync(Show(explained, request.Format).AsMemory(), cancellationToken).ConfigureAwait(false);
        return explained.Prepared.Result.Plan is null ? ExitCodes.NoPlan : ExitCodes.Ok;
    }

    private ExplainedPlan Explain(Prepared prepared, PlanRequest request, IPlanner until)
    {
        var change = default(PlanChange);
        if (request.WhatIf is { } changes)
        {
            change = new PlanChange(changes, prepared.Result);
            prepared = Preparation.Plan(prepared, Changed(prepared.Problem, changes), until);
        }

        if (request.Brief || request.Format is PlanFormat.Dot or PlanFormat.Svg)
        {
            return new ExplainedPlan(prepared, null, [], change);
        }

        return new ExplainedPlan(
            prepared,
            prepared.Result.Plan is { } plan ? PlanExplainer.Explain(prepared.Problem, plan, until.Plan) : null,
            prepared.Result.Status == PlanningStatus.Infeasible ? RelaxationSearch.Find(prepared.Problem, until.Plan) : [],
            change)
        {
            Heuristic = Heuristic(prepared.Problem),
        };
    }

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

    private static PlanningProblem Changed(PlanningProblem problem, string changes)
    {
        var errors = new List<string>();
        var changed = WhatIf.Apply(problem, changes, errors);
        errors.AddRange(errors.Count == 0 ? changed.Validate() : []);
        return errors.Count == 0 ? changed : throw new BadInputException([.. errors.Select(e => $"--what-if: {e}")]);
    }

    private static string Show(ExplainedPlan explained, PlanFormat format)
    {
        var (problem, plan) = (explained.Prepared.Problem, explained.Prepared.Result.Plan);
        if (plan is not null && (format is PlanFormat.Dot or PlanFormat.Svg))
        {
            return format == PlanFormat.Dot ? PlanDot.Write(plan, problem) : PlanSvg.Draw(plan, problem);
        }

        if (format == PlanFormat.Json)
        {
            return ExplanationJson.Write(explained) + Environment.NewLine;
        }

        using var text = new StringWriter();
        ExplanationReport.Write(explained, text);
        return text.ToString();
    }
}
