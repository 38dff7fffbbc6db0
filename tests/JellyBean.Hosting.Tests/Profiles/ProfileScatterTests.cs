using JellyBean.Hosting.Profiles;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Profiles;

public class ProfileScatterTests
{
    [Fact]
    public void Scatter_of_steady_very_short_or_few_times_is_none() =>
        Assert.Null(ProfileScatter.Of(With(Time("steady", medianMs: 20, p90Ms: 24), Time("short", medianMs: 0.01, p90Ms: 1), Time("unknown", medianMs: null, p90Ms: 0), Time("few", medianMs: 20, p90Ms: 90, count: 3))));

    [Fact]
    public void Scatter_names_the_variant_whose_times_differ_most() => Assert.Equal(
        "variant 'worst' of 'namer' at batch 2 took 10 ms at the median and 42.5 ms at the 90th percentile",
        ProfileScatter.Of(With(Time("bad", medianMs: 20, p90Ms: 35), Time("worst", medianMs: 10, p90Ms: 42.5), Time("steady", medianMs: 20, p90Ms: 24))));

    private static ServiceTime Time(string variant, double? medianMs, double p90Ms, long count = 10) => new()
    {
        Operator = new OperatorId("namer"),
        Variant = variant,
        BatchSize = 2,
        ServiceMs = 20,
        Distribution = medianMs is { } median ? new ServiceDistribution { Count = count, MedianMs = median, P90Ms = p90Ms, P99Ms = p90Ms, Variance = 1 } : null,
    };

    private static Profile With(params ServiceTime[] times) => new()
    {
        Provenance = "made up for tests",
        Machine = ThisMachine.Fingerprint,
        ServiceTimes = [.. times],
        Outputs = [],
    };
}
