using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Fragments;

/// <summary>A transactional sink would have to move between two snapshots: a plan that moves it can only go on from one.</summary>
internal sealed class ImmovableSinkException(OperatorId output, WorkerId worker) : Exception(
    $"The transactional sink of output '{output}' cannot move to '{worker}' between two snapshots. Keep the output where it is, or let the plan go on from a snapshot.");
