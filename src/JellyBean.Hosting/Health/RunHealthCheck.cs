using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JellyBean.Hosting.Health;

/// <summary>Healthy while a run is on or done, degraded while it starts or drains, unhealthy once it has failed.</summary>
internal sealed class RunHealthCheck(RunState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (kind, description) = state.Current;
        return Task.FromResult(kind switch
        {
            PhaseKind.Running or PhaseKind.Completed => HealthCheckResult.Healthy(description),
            PhaseKind.Starting or PhaseKind.Draining => HealthCheckResult.Degraded(description),
            _ => HealthCheckResult.Unhealthy(description),
        });
    }
}
