using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>A message about one of the workflows of a cluster.</summary>
/// <param name="Workflow">Its fingerprint, or what people say of it: its name, or NAME@ and how its fingerprint begins.</param>
/// <param name="Message">The message; none that is about a workflow itself.</param>
internal sealed record For(string Workflow, IControlMessage Message) : IControlMessage
{
    /// <summary>Whether the only one of that name is meant where there is none such: whoever asks may have been built anew.</summary>
    public bool IsPreference { get; init; }
}

/// <summary>No such workflow, or more than one.</summary>
internal sealed record WorkflowUnknown(string Reason) : IControlMessage;

/// <summary>Which workflows are there?</summary>
internal sealed record AskWorkflows(int ProtocolVersion) : IControlMessage;

/// <summary>Those that are there, the cluster's first one first.</summary>
internal sealed record WorkflowsAre(ImmutableArray<WorkflowStatus> Workflows) : IControlMessage
{
    public bool Equals(WorkflowsAre? other) => other is not null && Workflows.SequenceEqual(other.Workflows);

    public override int GetHashCode() => Workflows.Length;
}

/// <summary>A coordinator that has not built a workflow asks a node that has for a plan; repeated until it is there.</summary>
/// <param name="Id">Unlike that of any other question: the same one again asks for nothing new.</param>
/// <param name="Request">What is to be planned.</param>
internal sealed record AskPlan(string Id, ClusterPlanRequest Request) : IControlMessage;

/// <summary>The plan, or why there is none.</summary>
internal sealed record PlanAnswer(string Id, ClusterPlan Answer) : IControlMessage;

/// <summary>What commands about a workflow may name, as a node says that has built it.</summary>
internal sealed record NamesAre(CommandNames Names) : IControlMessage;
