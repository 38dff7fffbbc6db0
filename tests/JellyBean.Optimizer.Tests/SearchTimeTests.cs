using CsCheck;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests;

public sealed class SearchTimeTests
{
    [Fact]
    public void Elapsed_is_processor_time_between_a_third_of_the_clock_and_all_of_it() => Gen.Select(Gen.Double[0, 100], Gen.Double[0, 300]).Sample((clock, processor) =>
    {
        var time = new SearchTime(() => TimeSpan.FromSeconds(clock), () => TimeSpan.FromSeconds(processor), CancellationToken.None);

        Assert.Equal(Math.Clamp(processor, clock / 3, clock), time.Elapsed.TotalSeconds, tolerance: 1e-6);
        Assert.Equal(Math.Max(0, 10 - time.Elapsed.TotalSeconds), time.LeftOf(TimeSpan.FromSeconds(10)).TotalSeconds, tolerance: 1e-6);
    });

    [Fact]
    public void Search_that_found_nothing_in_its_time_names_the_key_and_how_to_set_it()
    {
        var told = SearchTime.RanOut(new PlanningOptions { TimeLimit = TimeSpan.FromSeconds(4) });

        Assert.Contains("within 4 s", told, StringComparison.Ordinal);
        Assert.Contains("--set jellybean.planning.time-limit=12s", told, StringComparison.Ordinal);
    }

    public static TheoryData<string> Problems => ["pools", "workers", "latency", "accuracy"];

    [Theory]
    [MemberData(nameof(Problems))]
    public void Search_that_is_cancelled_throws(string kind)
    {
        var problem = kind switch
        {
            "pools" => new Fleet(30, 6, 4, 3).Problem(1),
            "workers" => Tracking.Problem,
            "latency" => Tracking.Problem with { Objectives = Tracking.ObjectivesOf(new Objectives { P99 = TimeSpan.FromMilliseconds(300) }) },
            _ => Tracking.Problem with { Options = new PlanningOptions { Goal = PlanningGoal.MostAccuracy } },
        };

        Assert.Throws<OperationCanceledException>(() => Planner.Plan(problem, new CancellationToken(canceled: true)));
    }
}
