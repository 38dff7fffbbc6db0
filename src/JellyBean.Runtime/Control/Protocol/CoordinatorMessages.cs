namespace JellyBean.Runtime.Control.Protocol;

/// <summary>The node may take part.</summary>
internal sealed record Welcome : IControlMessage;

/// <summary>The node may not take part; it stops announcing itself.</summary>
internal sealed record Refused(string Reason) : IControlMessage;

/// <summary>Compile your part of a plan and load its variants.</summary>
/// <param name="Epoch">The number of the plan; older ones are refused from now on.</param>
/// <param name="Fingerprint">Of the workflow that the plan is for.</param>
/// <param name="Plan">The plan's text.</param>
internal sealed record Deploy(long Epoch, string Fingerprint, string Plan) : IControlMessage;

/// <summary>Let elements flow.</summary>
internal sealed record Start(long Epoch) : IControlMessage;

/// <summary>Read no more from your sources; process what was admitted.</summary>
internal sealed record Drain(long Epoch) : IControlMessage;

/// <summary>Abort what is left of the epoch and let go of everything it holds.</summary>
internal sealed record Stop(long Epoch) : IControlMessage;
