using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Provisioning;

/// <summary>A worker that can be started.</summary>
/// <param name="Worker">Its name in the catalogue.</param>
/// <param name="Tier">The tier that it stands in.</param>
/// <param name="Type">What kind of machine it is.</param>
public sealed record ProvisionedWorker(WorkerId Worker, Tier Tier, WorkerTypeId Type);
