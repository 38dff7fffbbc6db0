namespace JellyBean.Workflows.Inputs;

/// <summary>What a source has done so far for the elements that it gave. Both only grow.</summary>
/// <param name="Busy">Time that a core worked for it, decoding for example, in this process or in others that it began; not what it waited.</param>
/// <param name="DamageReports">How often it met damage. Where it could conceal it, the element counts as good, though it may not be what was sent.</param>
public readonly record struct SourceWork(TimeSpan Busy, long DamageReports);
