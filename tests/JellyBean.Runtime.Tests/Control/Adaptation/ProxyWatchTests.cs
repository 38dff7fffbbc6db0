using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

public sealed class ProxyWatchTests
{
    private readonly ProxyWatch _watch = new();

    [Fact]
    public void Mean_leaves_what_it_may_be_it_is_told_once_and_again_when_it_is_well_within()
    {
        Assert.Empty(Look(Proxy(300, 0.75, beginning: 0.8)));

        var left = Look(Proxy(400, 0.69, beginning: 0.8)).Single();
        Assert.True(_watch.HasDrifted);
        Assert.Empty(Look(Proxy(500, 0.6, beginning: 0.8)));
        Assert.Empty(Look(Proxy(600, 0.72, beginning: 0.8)));
        var back = Look(Proxy(700, 0.76, beginning: 0.8)).Single();

        Assert.Equal("score of detector=v0 is 0.69 ± 0.05, more than 0.1 from what it began with, 0.8.", left.ToString());
        Assert.Equal("score of detector=v0 is 0.76 ± 0.05, again within 0.1 from what it began with, 0.8.", back.ToString());
        Assert.False(_watch.HasDrifted);
    }

    [Fact]
    public void Those_that_make_up_the_beginning_are_not_compared_with_it()
    {
        Assert.Empty(Look(Proxy(150, 0.2, beginning: 0.8)));
        Assert.Single(Look(Proxy(200, 0.2, beginning: 0.8)));
    }

    [Fact]
    public void Stated_reference_needs_no_beginning() =>
        Assert.Equal(
            "score of detector=v0 is 0.5 ± 0.05, more than 0.1 from what it should be, 0.7.",
            Look(Proxy(100, 0.5, beginning: 0.5) with { Stated = 0.7 }).Single().ToString());

    [Fact]
    public void Another_worker_goes_on_with_what_the_variant_began_with_in_the_run()
    {
        Look(Proxy(300, 0.8, beginning: 0.8));

        Assert.Single(Look(("edge-2", "v0", Proxy(200, 0.6, beginning: 0.6))));
    }

    [Fact]
    public void Workers_of_a_variant_count_together() =>
        Assert.Empty(Look(("edge-1", "v0", Proxy(300, 0.65, beginning: 0.8)), ("edge-2", "v0", Proxy(300, 0.85, beginning: 0.8))));

    [Fact]
    public void Variant_that_runs_no_more_has_not_drifted()
    {
        Look(Proxy(300, 0.5, beginning: 0.8));

        Look(("edge-1", "v1", Proxy(300, 0.8, beginning: 0.8)));

        Assert.False(_watch.HasDrifted);
    }

    [Fact]
    public void Another_run_begins_anew()
    {
        Look(Proxy(300, 0.5, beginning: 0.8));

        _watch.Clear();

        Assert.Empty(Look(Proxy(300, 0.5, beginning: 0.5)));
        Assert.False(_watch.HasDrifted);
    }

    private IEnumerable<ProxyDrift> Look(ProxyReport proxy) => Look(("edge-1", "v0", proxy));

    private IEnumerable<ProxyDrift> Look(params (string Worker, string Variant, ProxyReport Proxy)[] seen) =>
        _watch.Look(seen.Select(s => new FragmentReport(
            1,
            new WorkerId(s.Worker),
            [],
            [new StageReport(LadderPlans.Detector, s.Variant, 0, 0, 0, 0, 0, 0, 0, Distribution.Empty, Distribution.Empty, Distribution.Empty) { Proxy = s.Proxy }],
            [],
            [],
            FailureReport.None)));

    private static ProxyReport Proxy(long count, double mean, double beginning) => new("score", count, 0, mean, 0.05, beginning, null, 0.1);
}
