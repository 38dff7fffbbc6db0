using System.Diagnostics;
using System.Globalization;
using JellyBean.Runtime.Tests.Transitions.Faults;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>Every fault at every step of a transition, in every order of what can happen, on the machines that decide: see the walk itself.</summary>
internal static class TransitionFaults
{
    private static readonly IReadOnlyList<Scenario> Scenarios =
    [
        new("a plan is proposed, snapshots are taken", Elements: 3) { TakesSnapshots = true },
        new("a node is drained by hand", Elements: 2) { IsDrained = true },
        new("a node is drained by hand, and the plan for it cannot be loaded", Elements: 2) { IsDrained = true, IsDamaged = true },
        new("a plan is proposed that cannot be loaded", Elements: 2) { IsDamaged = true },
        new("a node leaves", Elements: 3) { IsLeaving = true },
        new("another plan is proposed meanwhile", Elements: 2) { IsProposedBack = true },
    ];

    public static Figure Figure { get; } = new(
        "transition.faults", ["cases", "violations"], "0 violations: the old epoch or a new one is in force in the end, every element is written once, nothing is left over", _ => Task.FromResult(Measure()));

    private static FigureValue Measure()
    {
        var (cases, wrong) = (0L, 0L);
        foreach (var scenario in Scenarios)
        {
            var began = Stopwatch.GetTimestamp();
            var walk = FaultWalk.Through(scenario);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {scenario.Name}: {walk.Cases} faults in {walk.Situations} situations, {walk.Ends} ends by epochs {string.Join(", ", walk.Outcomes.Order())}, {walk.Wrong} violations; {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
            foreach (var violation in walk.Violations)
            {
                Console.WriteLine(violation);
            }

            cases += walk.Cases;
            wrong += walk.Wrong;
        }

        return new FigureValue([cases, wrong]);
    }
}
