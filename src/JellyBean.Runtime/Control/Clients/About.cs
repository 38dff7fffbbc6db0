using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>Which workflow of a cluster something is about.</summary>
/// <param name="Workflow">Its fingerprint, name, or NAME@ and how its fingerprint begins.</param>
/// <param name="IsPreference">Whether the only one of that name is meant where there is none such.</param>
internal sealed record About(string Workflow, bool IsPreference)
{
    public static IControlMessage Of(About? about, IControlMessage message) =>
        about is null or { Workflow.Length: 0 } || message is Submit { Fingerprint.Length: > 0 } ? message : new For(about.Workflow, message) { IsPreference = about.IsPreference };
}
