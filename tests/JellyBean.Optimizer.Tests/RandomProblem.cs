using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests;

/// <summary>Small problems of all sorts: loads from light to impossible, odd accuracies, dear and cheap links, shared hosts, little memory, latency objectives.</summary>
internal static class RandomProblem
{
    public static Gen<PlanningProblem> Gen { get; } =
        from rate in CsCheck.Gen.Double[0.5, 60]
        from speed in CsCheck.Gen.Double[0.2, 1]
        from edgePrice in CsCheck.Gen.Double[0, 0.5]
        from cloudPrice in CsCheck.Gen.Double[0.05, 1]
        from linkPrice in CsCheck.Gen.Double[0, 1]
        from bandwidth in CsCheck.Gen.Double[5e5, 5e7]
        from memory in CsCheck.Gen.Long[100_000_000, 600_000_000]
        from fanOut in CsCheck.Gen.Double[0, 5]
        from accuracies in CsCheck.Gen.Double[0.3, 0.9].Array[2]
        from floor in CsCheck.Gen.Double[0.2, 0.7]
        from p99 in CsCheck.Gen.Nullable(CsCheck.Gen.Int[50, 1500])
        from hostCores in CsCheck.Gen.Nullable(CsCheck.Gen.Double[0.5, 6])
        select Of(rate, speed, edgePrice, cloudPrice, linkPrice, bandwidth, memory, fanOut, accuracies, floor, p99, hostCores);

    /// <summary>The same with little time, for what holds of any plan, the best or not: those with a latency objective may take long to prove.</summary>
    public static Gen<PlanningProblem> GenSoon { get; } = Gen.Select(problem => problem with { Options = problem.Options with { TimeLimit = TimeSpan.FromSeconds(1) } });

    private static PlanningProblem Of(
        double rate,
        double speed,
        double edgePrice,
        double cloudPrice,
        double linkPrice,
        double bandwidth,
        long memory,
        double fanOut,
        double[] accuracies,
        double floor,
        int? p99,
        double? hostCores)
    {
        var catalogue = Tracking.Catalogue;
        return Tracking.Problem with
        {
            Sources = [Tracking.Source("north", rate)],
            Objectives = Tracking.ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", floor), P99 = p99 is { } ms ? TimeSpan.FromMilliseconds(ms) : null }),
            Profile = Tracking.Profile with
            {
                Outputs = [.. Tracking.Profile.Outputs.Select(o => o.Operator.Value == "embedder/parts" ? o with { ResultsPerElement = fanOut } : o)],
                Accuracies = [Tracking.Accuracy(accuracies[0], "small"), Tracking.Accuracy(accuracies[1], "large")],
            },
            Catalogue = catalogue with
            {
                WorkerTypes =
                [
                    catalogue.WorkerTypes[0] with { SpeedFactor = speed, PricePerHour = edgePrice, MemoryBytes = memory },
                    catalogue.WorkerTypes[1] with { PricePerHour = cloudPrice },
                ],
                Hosts = hostCores is { } cores ? [new SharedHost { Id = new("laptop"), Cores = cores }] : [],
                Workers = [.. catalogue.Workers.Select(w => w with { Host = hostCores is null ? null : new HostId("laptop") })],
                Links = [.. catalogue.Links.Select(l => l with { PricePerGib = linkPrice, BytesPerSecond = bandwidth })],
            },
        };
    }
}
