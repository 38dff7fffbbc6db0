namespace JellyBean.Runtime.Control.Protocol;

/// <summary>The workflow is to be run; repeated as long as somebody waits for the run, and then answered by how far it is.</summary>
/// <param name="ProtocolVersion">What the sender speaks.</param>
/// <param name="Fingerprint">Of the workflow that it has built; empty for the one that it is about, whatever that is.</param>
/// <param name="RunId">Unlike that of any other run: the same one again asks for nothing new.</param>
internal sealed record Submit(int ProtocolVersion, string Fingerprint, string RunId) : IControlMessage;

/// <summary>The run is not begun.</summary>
internal sealed record SubmitRefused(string RunId, string Reason) : IControlMessage;

/// <summary>How is it?</summary>
internal sealed record AskStatus(int ProtocolVersion) : IControlMessage;

/// <summary>How it is; reports of fragments go before it, one message each.</summary>
/// <param name="Status">Without fragments.</param>
/// <param name="Reports">How many reports belong to it.</param>
internal sealed record StatusIs(ClusterStatus Status, int Reports) : IControlMessage;

/// <summary>The plan in force.</summary>
internal sealed record PlanIs(long Epoch, string Text) : IControlMessage;

/// <summary>The run is to drain and end.</summary>
internal sealed record EndRun(int ProtocolVersion) : IControlMessage;

/// <summary>A node is about to end; repeated until nothing of a plan is left on it.</summary>
internal sealed record Leaving(long RunningEpoch) : IControlMessage;
