using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests;

public sealed class ValidationTests
{
    [Fact]
    public void Problem_that_is_right_has_no_error() => Assert.Empty(Tracking.Problem.Validate());

    [Fact]
    public void Catalogue_with_many_mistakes_reports_all_at_once()
    {
        var catalogue = Tracking.Catalogue with
        {
            Tiers = [Tier.Edge, Tier.Cloud, Tier.Hub],
            WorkerTypes = [.. Tracking.Catalogue.WorkerTypes.Select(t => t with { PricePerHour = double.NaN, SpeedFactor = 2, Tier = t.Tier == Tier.Cloud ? new Tier("fog") : t.Tier })],
            Workers = [new Worker { Id = new("edge"), Type = new("box") }, new Worker { Id = new("edge"), Type = new("toaster"), Host = new("shelf") }],
            Links = [Tracking.Catalogue.Links[0] with { BytesPerSecond = 0, PricePerGib = -1 }],
        };

        var errors = catalogue.Validate();

        string[] expected =
        [
            "tier 'hub' is disconnected",
            "worker type 'box': price per hour is NaN; allowed: a finite number, 0 or more",
            "worker type 'box': speed factor is 2, but the speed is emulated",
            "worker type 'vm': tier 'fog' is unknown; allowed: edge, cloud, hub",
            "worker 'edge' is given 2 times",
            "worker 'edge': type 'toaster' is unknown; allowed: box, vm",
            "worker 'edge': host 'shelf' is unknown; allowed: none",
            "link 'edge -> cloud': price per GiB is -1",
            "link 'edge -> cloud': bandwidth in bytes per second is 0; allowed: a finite number, above 0",
        ];
        Assert.All(expected, e => Assert.Contains(errors, f => f.Contains(e, StringComparison.Ordinal)));
    }

    [Fact]
    public void Profile_with_many_mistakes_reports_all_at_once()
    {
        var profile = Tracking.Profile with
        {
            Version = 9,
            ServiceTimes = [Tracking.Time("detector", "huge", 1, 1), Tracking.Time("detector", "small", 9, -1), Tracking.Time("tracker", "small", 1, 1), Tracking.Time("nobody", null, 1, 1)],
            Outputs = Tracking.Profile.Outputs.RemoveAt(0),
            Accuracies = [Tracking.Accuracy(double.NaN, "small"), Tracking.Accuracy(0.5, "tiny")],
        };

        var errors = profile.Validate(Tracking.Workflow);

        string[] expected =
        [
            "its version is 9; allowed: 2",
            "variant 'huge' is unknown; allowed: small, large",
            "milliseconds is -1",
            "batch size is 9; allowed: 1 to 8",
            "variant 'small' is given, but the operator (Process) asks no model",
            "operator 'nobody' is unknown",
            "operator 'embedder' (Infer) has no service time",
            "operator 'cameras' (Input) has no output profile",
            "accuracy ap50 of detector=small is NaN",
            "variant 'tiny' is unknown",
        ];
        Assert.All(expected, e => Assert.Contains(errors, f => f.Contains(e, StringComparison.Ordinal)));
    }

    [Fact]
    public void Profile_with_figures_that_are_no_numbers_names_each()
    {
        var bad = new ServiceDistribution { Count = 1, MedianMs = double.NaN, P90Ms = -1, P99Ms = double.PositiveInfinity, Variance = -2 };
        var profile = Tracking.Profile with
        {
            ServiceTimes = [.. Tracking.Profile.ServiceTimes.Select((t, i) => i == 0 ? t with { Distribution = bad } : i == 2 ? t with { ServiceMs = double.NaN } : t)],
            CoRunningTimes =
            [
                new CoRunningTime { Operator = new("detector"), Variant = "small", BatchSize = 1, Beside = new VariantChoice(new("detector"), "large"), BusyCores = 1, ServiceMs = 0, Distribution = bad with { MedianMs = 1 } },
            ],
            Outputs = [.. Tracking.Profile.Outputs.Select(o => o.Operator.Value == "tracker" ? o with { ResultsVariance = double.NaN, MessageBytes = double.NegativeInfinity } : o)],
        };

        var errors = profile.Validate(Tracking.Workflow);

        string[] expected =
        [
            "service time of 'detector' (variant small, batch 1, this machine): median in milliseconds is NaN; allowed: a finite number, 0 or more",
            "service time of 'detector' (variant small, batch 1, this machine): 90th percentile in milliseconds is -1",
            "service time of 'detector' (variant small, batch 1, this machine): 99th percentile in milliseconds is Infinity",
            "service time of 'detector' (variant small, batch 1, this machine): variance in square milliseconds is -2",
            "service time of 'detector' (variant large, batch 1, this machine): milliseconds is NaN; allowed: a finite number, above 0",
            "co-running time of 'detector' (variant small, batch 1, beside large): milliseconds is 0; allowed: a finite number, above 0",
            "co-running time of 'detector' (variant small, batch 1, beside large): variance in square milliseconds is -2",
            "output profile of 'tracker': variance of the results per element is NaN",
            "output profile of 'tracker': message bytes is -Infinity",
        ];
        Assert.All(expected, e => Assert.Contains(errors, f => f.Contains(e, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(-0.5, 0.5)]
    [InlineData(double.PositiveInfinity, 0.5)]
    [InlineData(2, double.NaN)]
    [InlineData(2, 1.5)]
    public void Options_of_latencies_outside_their_range_are_refused(double burstiness, double load) =>
        Assert.Contains("allowed: ", Assert.Single((Tracking.Problem with { Options = new PlanningOptions { Burstiness = burstiness, NeighbourLoad = load } }).Validate()), StringComparison.Ordinal);

    [Fact]
    public void Problem_with_many_mistakes_reports_all_at_once()
    {
        var problem = Tracking.Problem with
        {
            Sources = [Tracking.Source("north", -1), Tracking.Source("north", 1) with { Tier = Tier.Cloud }, Tracking.Source("east", 1) with { Input = new("microphones") }],
            SinkWorkers = ImmutableSortedDictionary<OperatorId, WorkerId>.Empty.Add(new("tracks"), new("nowhere")),
            Options = new PlanningOptions { UtilisationCap = 0, TimeLimit = TimeSpan.Zero, OnlyTier = Tier.Hub },
            Profile = Tracking.Profile with { ServiceTimes = [.. Tracking.Profile.ServiceTimes.Select(t => t with { WorkerType = new WorkerTypeId("vm") })] },
        };

        var errors = problem.Validate();

        string[] expected =
        [
            "source 'cameras/north' is given 2 times",
            "rate in elements per second is -1",
            "attached to tier 'cloud', but input 'cameras' is on tier 'edge'",
            "input 'microphones' is unknown; allowed: cameras",
            "bound to worker 'nowhere', which is unknown",
            "the utilisation cap is 0",
            "the time limit is 00:00:00",
            "everything is asked for on tier 'hub', but the catalogue has workers in edge, cloud",
            "the profile misses 'detector' (variant small) on worker type box",
        ];
        Assert.All(expected, e => Assert.Contains(errors, f => f.Contains(e, StringComparison.Ordinal)));
    }
}
