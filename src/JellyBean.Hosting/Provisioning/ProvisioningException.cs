namespace JellyBean.Hosting.Provisioning;

/// <summary>A worker could not be started, stopped or listed; it is tried again.</summary>
/// <param name="message">What happened.</param>
public sealed class ProvisioningException(string message) : Exception(message);
