using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Commands;

/// <summary>What is known before anything runs.</summary>
/// <param name="Configuration">Checked.</param>
/// <param name="Bindings">The workflow, its sources and sinks.</param>
/// <param name="Problem">What was planned.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Comparisons">The same with everything that is not pinned on one tier.</param>
internal sealed record Prepared(
    HostConfiguration Configuration, WorkflowBindings Bindings, PlanningProblem Problem, PlanningResult Result, ImmutableArray<Comparison> Comparisons);

/// <summary>What the workflow would cost on one tier.</summary>
internal sealed record Comparison(Tier Tier, PlanningResult Result);
