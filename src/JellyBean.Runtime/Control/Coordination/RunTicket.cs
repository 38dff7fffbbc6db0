using JellyBean.Planning.Plans;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>A run that someone in this process waits for.</summary>
/// <param name="plan">What is run.</param>
/// <param name="resume">The snapshot to go on from; null to begin anew.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class RunTicket(Plan plan, long? resume, IProgress<RunReport>? progress)
{
    private readonly TaskCompletionSource<RunReport> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string RunId { get; } = Guid.NewGuid().ToString("N");

    public Plan Plan => plan;

    public long? Resume => resume;

    public Task<RunReport> Completion => _completion.Task;

    public void Publish(RunReport report) => progress?.Report(report);

    public void Complete(RunReport report) => _completion.TrySetResult(report);

    public void Fail(RunException cause) => _completion.TrySetException(cause);
}

/// <summary>Run this.</summary>
internal sealed record SubmitRun(RunTicket Ticket) : Akka.Actor.INoSerializationVerificationNeeded;

/// <summary>Put this plan in place of the one in force.</summary>
internal sealed record ProposePlan(Plan Plan, string Reason) : Akka.Actor.INoSerializationVerificationNeeded;

/// <summary>Let the sources stop.</summary>
internal sealed record DrainRun : Akka.Actor.INoSerializationVerificationNeeded;

/// <summary>Stop the run at once.</summary>
internal sealed record AbortRun(string Reason) : Akka.Actor.INoSerializationVerificationNeeded;
