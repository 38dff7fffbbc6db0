using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Has the plans of a workflow that was not built here made by a node that has built it. Thread-safe; one question at a time, a later one takes the place of an earlier.</summary>
/// <remarks>It sends nothing itself: whoever can asks <see cref="Due"/> now and then.</remarks>
internal sealed class RemotePlanner(TimeSpan resendAfter) : IClusterPlanner
{
    private readonly Lock _gate = new();
    private Question? _question;

    public async Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken)
    {
        var question = new Question(new AskPlan(Guid.NewGuid().ToString("N"), request), new TaskCompletionSource<ClusterPlan>(TaskCreationOptions.RunContinuationsAsynchronously));
        using var registration = cancellationToken.Register(() => question.Answer.TrySetCanceled(cancellationToken));
        lock (_gate)
        {
            _question?.Answer.TrySetCanceled(CancellationToken.None);
            _question = question;
        }

        return await question.Answer.Task.ConfigureAwait(false);
    }

    /// <summary>What is to be asked now; null if nothing is.</summary>
    public AskPlan? Due(TimeSpan now)
    {
        lock (_gate)
        {
            if (_question is not { } question || question.Answer.Task.IsCompleted || now - question.AskedAt < resendAfter)
            {
                return null;
            }

            _question = question with { AskedAt = now };
            return question.Ask;
        }
    }

    /// <summary>A node has answered, or nobody is there who could.</summary>
    public void On(PlanAnswer answer)
    {
        lock (_gate)
        {
            if (_question is { } question && question.Ask.Id == answer.Id)
            {
                question.Answer.TrySetResult(answer.Answer);
            }
        }
    }

    private sealed record Question(AskPlan Ask, TaskCompletionSource<ClusterPlan> Answer)
    {
        public TimeSpan AskedAt { get; init; } = TimeSpan.MinValue / 2;
    }
}
