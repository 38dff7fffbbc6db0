using Akka.Actor;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>A plan was made, or could not be.</summary>
/// <param name="Asked">What it was asked for by.</param>
/// <param name="Answer">The plan, or why there is none.</param>
internal sealed record PlanMade(long Asked, ClusterPlan Answer) : INoSerializationVerificationNeeded;
