using System.Globalization;
using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>A plan for people: what runs where, what it costs, and what it would cost on one tier.</summary>
internal static class PlanReport
{
    public static void Write(Prepared prepared, TextWriter writer)
    {
        var (problem, result) = (prepared.Problem, prepared.Result);
        if (result.Plan is not { } plan)
        {
            WriteReasons(result, problem, writer);
            WriteProfile(prepared, writer);
            WriteAccuracies(prepared, writer);
            return;
        }

        writer.WriteLine(Text($"Plan of '{plan.Workflow}' on '{problem.Catalogue.Name}' ({Quality(result)})"));
        writer.WriteLine();
        writer.Write(PlanTable.Draw(plan, problem));
        WriteAccuracies(prepared, writer);
        foreach (var comparison in prepared.Comparisons)
        {
            writer.WriteLine(Text($"all-{comparison.Tier}: {Compared(comparison.Result, plan)}"));
        }

        writer.Write(LadderTable.Draw(plan));
        foreach (var label in Labels(plan, problem.Catalogue))
        {
            writer.WriteLine(label);
        }

        WriteProfile(prepared, writer);
    }

    /// <summary>What of the plan's machines is not real.</summary>
    public static IEnumerable<string> Labels(Plan plan, InfrastructureCatalogue catalogue)
    {
        var used = UsedWorkers(plan).Select(catalogue.TypeOf).Distinct().ToList();
        foreach (var type in used.Where(t => t.IsEmulated))
        {
            yield return Text($"Emulated: '{type.Id}' at {type.SpeedFactor:0.##} of this machine's speed. Models are slowed down by added delay; other operators run at this machine's speed, and count as busy for as long as they would be.");
        }

        foreach (var type in used.Where(t => !t.IsEmulated && t.SpeedFactor != 1))
        {
            yield return Text($"Simulated: '{type.Id}' counts with {type.SpeedFactor:0.##} times this machine's speed in the plan{(type.SpeedFactor > 1 ? "; here it runs at this machine's" : "")}.");
        }
    }

    public static IEnumerable<WorkerId> UsedWorkers(Plan plan) =>
        plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Concat(plan.Sources.Select(s => s.Worker)).Distinct().Order();

    // What was measured once, on a busy machine, is believed until somebody asks for another measurement, so it is said which and how.
    private static void WriteProfile(Prepared prepared, TextWriter writer) =>
        writer.WriteLine($"Profile: {prepared.Problem.Profile.Provenance} ({(prepared.Configuration.ProfileFile is null ? "--recalibrate measures again, " : "")}--rate X plans for another rate)");

    private static void WriteAccuracies(Prepared prepared, TextWriter writer)
    {
        foreach (var line in AccuracyOrigins.Lines(prepared.Problem, prepared.Result.Plan, prepared.Configuration.Sources))
        {
            writer.WriteLine(line);
        }
    }

    private static void WriteReasons(PlanningResult result, PlanningProblem problem, TextWriter writer)
    {
        writer.WriteLine(Text($"No plan {Found(result.Status)} on '{problem.Catalogue.Name}':"));
        foreach (var reason in result.Reasons)
        {
            writer.WriteLine($"- {reason}");
        }
    }

    private static string Found(PlanningStatus status) => status switch
    {
        PlanningStatus.Unknown => "was found",
        PlanningStatus.Unsupported => "can be made",
        _ => "fits",
    };

    private static string Quality(PlanningResult result) => result.Status == PlanningStatus.Optimal
        ? Text($"proven cheapest, {result.Elapsed.TotalSeconds:0.00} s")
        : Text($"at most {result.Gap * 100:0.0} % above the cheapest, {result.Elapsed.TotalSeconds:0.00} s");

    private static string Compared(PlanningResult other, Plan plan)
    {
        if (other.Plan is not { } compared)
        {
            return $"no plan; {other.Reasons.FirstOrDefault() ?? "time ran out"}";
        }

        var ratio = plan.Cost.TotalPerHour > 0 ? Text($", {compared.Cost.TotalPerHour / plan.Cost.TotalPerHour:0.00} times this plan's") : "";
        return Money.PerHour(compared.Cost.TotalPerHour, plan.Cost.Currency) + ratio + Released(compared.Cost, plan.Cost);
    }

    /// <summary>What a plan saves in money that really is paid less, or more, where that is not the difference of the costs: owned machines cost on.</summary>
    public static string Released(PlanCost other, PlanCost plan)
    {
        var saved = other.ReleasablePerHour - plan.ReleasablePerHour;
        return Math.Abs(other.OwnedPerHour - plan.OwnedPerHour) < 5e-5 ? "" : $"; {Money.PerHour(Math.Abs(saved), plan.Currency)} {(saved >= 0 ? "more" : "less")} in rented machines and traffic";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
