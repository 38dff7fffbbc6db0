using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Commands;

/// <summary>What the user gave, checked.</summary>
/// <param name="Configuration">Nothing is wrong with it.</param>
/// <param name="Given">The profile that was asked for; null where the machine's own is to be taken.</param>
/// <param name="Demands">What the sources ask of the machines.</param>
internal sealed record Checked(HostConfiguration Configuration, Profile? Given, ImmutableArray<SourceDemand> Demands);

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
