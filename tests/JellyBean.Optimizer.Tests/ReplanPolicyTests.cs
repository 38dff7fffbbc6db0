using CsCheck;
using JellyBean.Optimizer.Tests.Families;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using Xunit;

namespace JellyBean.Optimizer.Tests;

public sealed class ReplanPolicyTests
{
    private static readonly ReplanOptions Options = new();
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    [Fact]
    public void Rates_that_fall_are_followed_once_to_the_cheapest_plan_and_then_it_stays()
    {
        var peak = Fleet(1);
        var walk = new Walk(peak, Planner.Plan(peak).Plan!);

        walk.Run(TimeSpan.FromMinutes(15), _ => 0.3);

        var optimum = Planner.Plan(Fleet(0.3)).Plan!.Cost.TotalPerHour;
        Assert.InRange(walk.Plan.Cost.TotalPerHour, optimum * (1 - 1e-6), optimum * 1.05);
        Assert.InRange(walk.Proposals.Count, 1, 2);
        Assert.All(walk.Proposals, p => Assert.True(p.Decision.Holds && p.At >= Options.CoolDown));
        Assert.Contains("for traffic) instead of", walk.Proposals[0].Decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_that_the_plan_cannot_take_are_planned_for_without_waiting()
    {
        var low = Fleet(0.3);
        var walk = new Walk(low, Planner.Plan(low).Plan!);

        walk.Run(TimeSpan.FromSeconds(50), _ => 1 / 0.3);

        var (at, decision) = walk.Proposals[0];
        Assert.True(at < Options.CoolDown);
        Assert.False(decision.Holds);
        Assert.Contains("busy; at most", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_that_only_scatter_change_nothing() => Gen.Int[0, 1000].Sample(
        seed =>
        {
            var problem = Fleet(0.6);
            var random = new Random(seed);
            var walk = new Walk(problem, Planner.Plan(problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * 1.1 })] }).Plan!);

            walk.Run(TimeSpan.FromMinutes(10), _ => 0.93 + (0.14 * random.NextDouble()));

            Assert.InRange(walk.Proposals.Count, 0, 2);
        },
        seed: "0N0XIzNsQ0O2",
        iter: 5,
        threads: 1);

    [Fact]
    public void Plan_whose_machine_is_gone_does_not_hold()
    {
        var problem = Fleet(0.5);
        var plan = Planner.Plan(problem).Plan!;
        var lost = plan.Workers.First(w => problem.Sources.All(s => s.Worker != w.Worker)).Worker;
        var without = problem with { Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAll(w => w.Id == lost) }, InForce = new PlanInForce(plan) };

        var decision = ReplanPolicy.Weigh(without, Planner.Plan(without), new ReplanState { ChangedAt = TimeSpan.Zero }, TimeSpan.FromSeconds(1), Options);

        Assert.False(decision.Holds);
        Assert.Contains($"{lost} are not there", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Link_that_becomes_dear_moves_what_crosses_it_and_the_reason_names_it()
    {
        var wired = Tracking.Problem with { Catalogue = Tracking.Catalogue with { Links = [.. Tracking.Catalogue.Links.Select(l => l with { PricePerGib = 0 })] } };
        var inForce = Planner.PlanOn(wired, Tier.Cloud).Plan!;
        var mobile = wired with { Catalogue = wired.Catalogue with { Links = [.. wired.Catalogue.Links.Select(l => l with { PricePerGib = 100 })] }, InForce = new PlanInForce(inForce) };

        var decision = ReplanPolicy.Weigh(mobile, Planner.Plan(mobile), new ReplanState(), TimeSpan.Zero, Options);

        Assert.NotNull(decision.Proposed);
        Assert.True(decision.OtherCostPerHour < decision.CostPerHour);
        Assert.Contains("moves from", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_that_carries_less_than_configured_moves_what_crosses_it_the_reason_names_it_and_it_is_forgotten_after_a_time()
    {
        var wired = Tracking.Problem with { Catalogue = Tracking.Catalogue with { Links = [.. Tracking.Catalogue.Links.Select(l => l with { PricePerGib = 0 })] } };
        var inForce = Planner.PlanOn(wired, Tier.Cloud).Plan!;
        var seen = new ReplanState().Observe(new ReplanMeasurement([], []) { Traffic = [new MeasuredTraffic(Tier.Edge, Tier.Cloud, 5e5, IsFull: true)] }, TimeSpan.Zero, Options);

        // Ten frames of 200 kB a second cross it.
        var problem = ReplanPolicy.Problem(wired, seen, new PlanInForce(inForce), Options);
        var decision = ReplanPolicy.Weigh(problem, Planner.Plan(problem), seen, TimeSpan.Zero, Options);
        var later = seen.Observe(new ReplanMeasurement([], []), Options.BandwidthFor + Step, Options);

        Assert.False(decision.Holds);
        Assert.NotNull(decision.Proposed);
        Assert.Contains("The link from edge to cloud would carry", decision.Reason, StringComparison.Ordinal);
        Assert.Empty(later.Bandwidths);
    }

    [Fact]
    public void Line_that_carries_more_than_configured_is_planned_with_as_configured()
    {
        var seen = new ReplanState().Observe(new ReplanMeasurement([], []) { Traffic = [new MeasuredTraffic(Tier.Edge, Tier.Cloud, 1e12, IsFull: true)] }, TimeSpan.Zero, Options);

        Assert.Equal(Tracking.Catalogue.Links.ToArray(), seen.Measured(Tracking.Catalogue, Options).Links.ToArray());
    }

    [Fact]
    public void Service_times_drift_as_measured_and_the_profile_stays()
    {
        var profile = Fleet(1).Profile;
        var time = profile.ServiceTimes.First(t => t.Variant is not null);
        var state = new ReplanState();

        for (var i = 0; i <= 24; i++)
        {
            state = state.Observe(new ReplanMeasurement([], [new MeasuredService(time.Operator, time.Variant!, 2)]), Step * i, Options);
        }

        // Two half-lives from 1 towards 2.
        Assert.Equal(1.75, state.Drift[(time.Operator, time.Variant!)], 3);
        var recalibrated = state.Recalibrated(profile, Options).ServiceTimes[profile.ServiceTimes.IndexOf(time)];
        Assert.Equal(1.75 * time.ServiceMs, recalibrated.ServiceMs, 3);
        var little = new ReplanState { Drift = state.Drift.SetItem((time.Operator, time.Variant!), 1.05) };
        Assert.Equal(time.ServiceMs, little.Recalibrated(profile, Options).ServiceTimes[profile.ServiceTimes.IndexOf(time)].ServiceMs);
    }

    [Fact]
    public void Forecast_follows_growth_but_not_for_ever_and_not_noise()
    {
        RateForecast After(Func<double, double> rate) => Enumerable.Range(1, 120).Aggregate(RateForecast.Begin(rate(0), TimeSpan.Zero), (f, i) => f.Next(rate(i * 5), Step * i, Options));

        var growing = After(t => 10 + (0.05 * t));
        var steep = After(t => 10 + (5 * t));
        var steady = After(_ => 10);
        var again = steady.Next(99, steady.At, Options);

        Assert.Equal(growing.Level, growing.In(TimeSpan.FromMinutes(1)), 9);
        Assert.InRange(growing.In(TimeSpan.FromMinutes(5)), 54, 56);
        Assert.Equal(2 * steep.Level, steep.In(TimeSpan.FromHours(1)), 9);
        Assert.Equal(10, steady.In(TimeSpan.FromMinutes(1)), 9);
        Assert.Equal(steady, again);
    }

    private static PlanningProblem Fleet(double factor)
    {
        var problem = new Fleet(6, 3, 2, 2).Problem(1);
        return problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * factor })], Options = problem.Options with { TimeLimit = TimeSpan.FromMinutes(5) } };
    }

    /// <summary>The policy and the planner in virtual time; what is proposed is in force at once.</summary>
    private sealed class Walk(PlanningProblem asked, Plan plan)
    {
        private ReplanState _state = new() { ChangedAt = TimeSpan.Zero };

        public Plan Plan { get; private set; } = plan;

        public List<(TimeSpan At, ReplanDecision Decision)> Proposals { get; } = [];

        public void Run(TimeSpan length, Func<TimeSpan, double> factor)
        {
            for (var now = Step; now <= length; now += Step)
            {
                _state = _state.Observe(new ReplanMeasurement([.. asked.Sources.Select(s => new MeasuredRate(s.Source, s.Rate * factor(now)))], []), now, Options);
                var problem = ReplanPolicy.Problem(asked, _state, new PlanInForce(Plan), Options);
                if (!ReplanPolicy.IsDue(problem, _state, now, Options))
                {
                    continue;
                }

                _state = _state with { PlannedAt = now };
                var decision = ReplanPolicy.Weigh(problem, Planner.Plan(problem), _state, now, Options);
                if (decision.Proposed is { } other)
                {
                    Plan = other;
                    _state = _state with { ChangedAt = now };
                    Proposals.Add((now, decision));
                }
            }
        }
    }
}
