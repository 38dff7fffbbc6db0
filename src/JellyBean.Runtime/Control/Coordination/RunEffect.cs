using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What a coordinator is to do.</summary>
internal abstract record RunEffect
{
    /// <summary>Answer whoever sent what is being handled.</summary>
    public sealed record Reply(IControlMessage Message) : RunEffect;

    /// <summary>Send to a known node.</summary>
    public sealed record Send(WorkerId Worker, IControlMessage Message) : RunEffect;

    /// <summary>Ask another version's coordinator, or only see that there is one.</summary>
    public sealed record CallVersion(string Fingerprint, AskVersion? Ask) : RunEffect;

    /// <summary>Answer the version that has asked.</summary>
    public sealed record TellVersion(VersionIs Version) : RunEffect;

    /// <summary>Take a snapshot soon.</summary>
    public sealed record WantSnapshot : RunEffect;

    /// <summary>Take a last snapshot now, and no more of this plan.</summary>
    public sealed record WantLastSnapshot : RunEffect;

    /// <summary>Whoever coordinates may end; said again until it has.</summary>
    public sealed record LetLeadGo : RunEffect;

    /// <summary>Make a plan.</summary>
    /// <param name="Asked">Comes back with the answer.</param>
    /// <param name="Request">What for.</param>
    public sealed record MakePlan(long Asked, ClusterPlanRequest Request) : RunEffect;

    /// <summary>Write what the next coordinator must know.</summary>
    public sealed record Record(RunRecord What) : RunEffect;

    /// <summary>Say what has changed, and why.</summary>
    public sealed record Tell(string What, bool IsTrouble) : RunEffect;

    /// <summary>Tell whoever waits how far the run is.</summary>
    public sealed record Publish(RunReport Report) : RunEffect;

    /// <summary>The run has ended well.</summary>
    public sealed record Complete(RunReport Report) : RunEffect;

    /// <summary>The run has failed, and is stopped.</summary>
    public sealed record Fail(RunFailure Failure, long Epoch) : RunEffect;
}

/// <summary>Why a run failed.</summary>
/// <param name="Message">What happened, where, and what to do.</param>
/// <param name="Worker">The node; null if not one alone.</param>
internal sealed record RunFailure(string Message, WorkerId? Worker);
