using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning;

/// <summary>What a plan is asked for: a workflow, what is known of it, the machines there are, what arrives and what must hold.</summary>
public sealed record PlanningProblem
{
    /// <summary>The workflow.</summary>
    public required Workflow Workflow { get; init; }

    /// <summary>What is known of its operators.</summary>
    public required Profile Profile { get; init; }

    /// <summary>The machines there are.</summary>
    public required InfrastructureCatalogue Catalogue { get; init; }

    /// <summary>What arrives; at least one source for each input.</summary>
    public required ImmutableArray<SourceDemand> Sources { get; init; }

    /// <summary>Objectives that replace those of the workflow's outputs.</summary>
    public ImmutableSortedDictionary<OperatorId, Objectives> Objectives { get; init; } = ImmutableSortedDictionary<OperatorId, Objectives>.Empty;

    /// <summary>The workers that outputs are bound to, where a sink can only be written from there; the planner chooses for the others.</summary>
    public ImmutableSortedDictionary<OperatorId, WorkerId> SinkWorkers { get; init; } = ImmutableSortedDictionary<OperatorId, WorkerId>.Empty;

    /// <summary>The tiers that operators are kept on beside what the workflow says; those that the workflow pins itself stay where it says.</summary>
    public ImmutableSortedDictionary<OperatorId, Tier> Pins { get; init; } = ImmutableSortedDictionary<OperatorId, Tier>.Empty;

    /// <summary>What the planner may do.</summary>
    public PlanningOptions Options { get; init; } = new();

    /// <summary>The plan that runs now; null where none does.</summary>
    public PlanInForce? InForce { get; init; }

    /// <summary>What must hold for an output.</summary>
    public Objectives ObjectivesOf(OutputOperator output) => Objectives.TryGetValue(output.Id, out var replaced) ? replaced : output.Objectives;

    /// <summary>The tier that an operator must run on; null where the planner chooses.</summary>
    public Tier? PinOf(Operator op) => op.Pin ?? (Pins.TryGetValue(op.Id, out var tier) ? tier : null);

    /// <summary>The problem as it is while a plan's variants answer: what to expect of the plan, where the problem itself allows for the variants that leave the most to do.</summary>
    public PlanningProblem Under(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return this with { Profile = Profile.Under(plan.Placements.Where(p => p.Variant is not null).Select(p => new VariantChoice(p.Operator, p.Variant!))) };
    }

    /// <summary>Everything that is wrong with the problem, its catalogue and profile included: what was found, what is allowed and what to do.</summary>
    public ImmutableArray<string> Validate() => ProblemValidation.Errors(this);

    /// <summary>What is wrong with the problem whatever will be measured: as <see cref="Validate"/>, without the profile.</summary>
    public ImmutableArray<string> ValidateUnmeasured() => ProblemValidation.Unmeasured(this);
}
