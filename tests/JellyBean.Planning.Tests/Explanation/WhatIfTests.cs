using JellyBean.Planning.Explanation;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Tests.Explanation;

public class WhatIfTests
{
    [Fact]
    public void WhatIf_changes_rates_links_workers_types_and_objectives()
    {
        var errors = new List<string>();
        var asked = Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.5), P99 = TimeSpan.FromMilliseconds(100) }) };

        var changed = WhatIf.Apply(
            asked,
            "rate=2x, rate.north=7, link.edge-cloud.price=1.5, link.edge-cloud.bandwidth=0.5x, link.cloud-edge.round-trip=10, worker.cloud-2=down, type.vm.price=3x, accuracy=0.7, p99=2x, utilisation=0.6",
            errors);

        Assert.Empty(errors);
        Assert.Equal([7, 10], changed.Sources.Select(s => s.Rate));
        Assert.Equal((1.5, 6_250_000), (changed.Catalogue.Links[0].PricePerGib, changed.Catalogue.Links[0].BytesPerSecond));
        Assert.Equal(TimeSpan.FromMilliseconds(10), changed.Catalogue.Links[1].RoundTrip);
        Assert.Equal(["edge", "cloud-1"], changed.Catalogue.Workers.Select(w => w.Id.Value));
        Assert.Equal(0.6, changed.Catalogue.WorkerTypes[1].PricePerHour, 9);
        Assert.Equal(new Objectives { Accuracy = new AccuracyFloor("ap50", 0.7), P99 = TimeSpan.FromMilliseconds(200) }, changed.Objectives[new("tracks")]);
        Assert.Equal(0.6, changed.Options.UtilisationCap);
    }

    [Theory]
    [InlineData("rate", "'rate' is no change; allowed: key=value")]
    [InlineData("rate=fast", "rate is 'fast'; allowed: a number of 0 or more, or a factor as in 2x.")]
    [InlineData("rate=-2x", "rate is '-2x'; allowed")]
    [InlineData("rate=NaN", "rate is 'NaN'; allowed")]
    [InlineData("rate.west=2x", "rate.west: source 'west' is unknown; allowed: cameras/north, cameras/south.")]
    [InlineData("worker.gpu-1=down", "worker.gpu-1: worker 'gpu-1' is unknown; allowed: edge, cloud-1, cloud-2.")]
    [InlineData("worker.edge=up", "worker.edge is 'up'; allowed: down.")]
    [InlineData("link.hub-cloud.price=1.5", "link.hub-cloud.price: link 'hub-cloud' is unknown; allowed: edge-cloud, cloud-edge.")]
    [InlineData("type.gpu.price=1", "type.gpu.price: worker type 'gpu' is unknown; allowed: box, vm.")]
    [InlineData("p99=2x", "p99 is to change, but no output asks for a p99.")]
    [InlineData("speed=2x", "'speed' is unknown; allowed: rate")]
    public void WhatIf_that_cannot_be_asked_says_what_can(string text, string expected)
    {
        var errors = new List<string>();

        WhatIf.Apply(Tracking.Problem, text, errors);

        Assert.StartsWith(expected, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_with_several_mistakes_says_them_all()
    {
        var errors = new List<string>();

        WhatIf.Apply(Tracking.Problem, "rate=x,speed=1,worker.gone=down", errors);

        Assert.Equal(3, errors.Count);
    }
}
