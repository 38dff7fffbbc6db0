using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Joint;

/// <summary>Several workflows on one catalogue: they share machines, cores, memory and links, and each keeps its own sources, profile and objectives.</summary>
/// <remarks>
/// <see cref="Combined"/> is an ordinary problem, whose operators and sources are named <c>{workflow}.{name}</c>: it is planned, checked, simulated and explained as any other, so that every limit
/// holds for the sum. <see cref="Divide"/> gives each workflow its part of the plan.
/// </remarks>
public sealed class JointProblem
{
    private readonly ImmutableArray<PlanningProblem> _members;

    /// <summary>Puts problems together.</summary>
    /// <param name="name">The name of all together, for reports.</param>
    /// <param name="members">Problems of different workflows with the same catalogue and the same options; a budget is for all together.</param>
    /// <exception cref="ArgumentException">They cannot be put together; all that stands against it is in the message.</exception>
    public JointProblem(string name, params ImmutableArray<PlanningProblem> members)
    {
        _members = members;
        var errors = Errors(members).ToList();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(members));
        }

        Combined = Combine(name, members);
    }

    /// <summary>All of them as one problem.</summary>
    public PlanningProblem Combined { get; }

    /// <summary>Each workflow's part of a plan for all, in the order of the members.</summary>
    /// <param name="plan">A plan for <see cref="Combined"/>.</param>
    /// <returns>
    /// Plans that hold for each workflow alone. What they say of costs, latencies and machines is as if the others did not run; what holds for all together the combined plan says, and it carries ladder and
    /// fallbacks.
    /// </returns>
    public ImmutableArray<Plan> Divide(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [.. _members.Select(m => PartOf(plan, m))];
    }

    private static IEnumerable<string> Errors(ImmutableArray<PlanningProblem> members)
    {
        if (members.IsDefaultOrEmpty)
        {
            yield return "There is no problem to put together. Give at least one.";
            yield break;
        }

        var first = members[0];
        foreach (var other in members.Skip(1))
        {
            var name = other.Workflow.Name;
            if (!ReferenceEquals(other.Catalogue, first.Catalogue))
            {
                yield return $"Workflow '{name}' is to be planned on catalogue '{other.Catalogue.Name}', '{first.Workflow.Name}' on '{first.Catalogue.Name}'. Give all the same catalogue.";
            }

            if (!other.Options.Equals(first.Options))
            {
                yield return $"Workflow '{name}' has other planning options than '{first.Workflow.Name}'. Give all the same; a budget is for all together.";
            }

            if (other.Profile.Machine != first.Profile.Machine && members.Any(m => m.Profile.ServiceTimes.Any(t => t.WorkerType is null)))
            {
                yield return $"The profile of '{name}' was measured on '{other.Profile.Machine.Processor}', that of '{first.Workflow.Name}' on '{first.Profile.Machine.Processor}'; times without a worker type are scaled from one machine. Measure them on the same.";
            }
        }
    }

    private static PlanningProblem Combine(string name, ImmutableArray<PlanningProblem> members)
    {
        var workflow = Workflow.Combine(name, [.. members.Select(m => m.Workflow)]);
        return new PlanningProblem
        {
            Workflow = workflow,
            Profile = members[0].Profile with
            {
                Provenance = string.Join("; ", members.Select(m => $"{m.Workflow.Name}: {m.Profile.Provenance}")),
                Build = null,
                ServiceTimes = All(m => m.Profile.ServiceTimes, (t, n) => t with { Operator = n(t.Operator) }),
                CoRunningTimes = All(m => m.Profile.CoRunningTimes, (t, n) => t with { Operator = n(t.Operator), Beside = t.Beside with { Operator = n(t.Beside.Operator) } }),
                Footprints = All(m => m.Profile.Footprints, (f, n) => f with { Operator = n(f.Operator) }),
                Outputs = All(m => m.Profile.Outputs, (o, n) => o with { Operator = n(o.Operator) }),
                Consequences = All(m => m.Profile.Consequences, (c, n) => c with { Of = c.Of with { Operator = n(c.Of.Operator) }, Operator = n(c.Operator) }),
                Accuracies = All(m => m.Profile.Accuracies, (a, n) => a with { Variants = [.. a.Variants.Select(v => v with { Operator = n(v.Operator) })] }),
                Gaps = All(m => m.Profile.Gaps, (g, n) => g with { Operator = n(g.Operator) }),
            },
            Catalogue = members[0].Catalogue,
            Sources = All(m => m.Sources, (s, n) => s with { Source = new SourceId(n(new OperatorId(s.Source.Value)).Value), Input = n(s.Input) }),
            Objectives = All(m => m.Objectives, (o, n) => KeyValuePair.Create(n(o.Key), o.Value)).ToImmutableSortedDictionary(),
            SinkWorkers = All(m => m.SinkWorkers, (s, n) => KeyValuePair.Create(n(s.Key), s.Value)).ToImmutableSortedDictionary(),
            Options = members[0].Options,
            InForce = members.All(m => m.InForce is null) ? null : InForce(workflow, members),
        };

        ImmutableArray<T> All<T>(Func<PlanningProblem, IEnumerable<T>> of, Func<T, Func<OperatorId, OperatorId>, T> rename) =>
            [.. members.SelectMany(m => of(m).Select(item => rename(item, id => new OperatorId(Prefix(m) + id.Value))))];
    }

    /// <summary>What runs now of each; a workflow that does not run yet starts without a price.</summary>
    private static PlanInForce InForce(Workflow workflow, ImmutableArray<PlanningProblem> members)
    {
        var running = members.Where(m => m.InForce is not null).Select(m => (Prefix: Prefix(m), InForce: m.InForce!, m.Workflow)).ToList();
        return new PlanInForce(new Plan
        {
            Workflow = workflow.Name,
            WorkflowFingerprint = workflow.Fingerprint,
            Sources = [.. running.SelectMany(m => m.InForce.Plan.Sources.Select(s => s with { Source = new SourceId(m.Prefix + s.Source), Input = new OperatorId(m.Prefix + s.Input) }))],
            Placements = [.. running.SelectMany(m => m.InForce.Plan.Placements.Select(p => p with { Operator = new OperatorId(m.Prefix + p.Operator) })).OrderBy(p => p.Operator)],
            Routes = [.. running.SelectMany(m => m.InForce.Plan.Routes.Select(r => r with { From = new OperatorId(m.Prefix + r.From), To = new OperatorId(m.Prefix + r.To) }))],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
        })
        {
            MovePerHourOf = running.SelectMany(m => m.Workflow.Operators.Select(o => KeyValuePair.Create(
                new OperatorId(m.Prefix + o.Id), m.InForce.MovePerHourOf.GetValueOrDefault(o.Id, m.InForce.MovePerHour)))).ToImmutableSortedDictionary(),
        };
    }

    private static Plan PartOf(Plan plan, PlanningProblem member)
    {
        var prefix = Prefix(member);
        bool IsOwn(string name) => name.StartsWith(prefix, StringComparison.Ordinal);
        OperatorId Own(OperatorId id) => new(id.Value[prefix.Length..]);
        var draft = new Plan
        {
            Epoch = plan.Epoch,
            Workflow = member.Workflow.Name,
            WorkflowFingerprint = member.Workflow.Fingerprint,
            Sources = [.. plan.Sources.Where(s => IsOwn(s.Source.Value)).Select(s => s with { Source = new SourceId(s.Source.Value[prefix.Length..]), Input = Own(s.Input) })],
            Placements = [.. plan.Placements.Where(p => IsOwn(p.Operator.Value)).Select(p => p with { Operator = Own(p.Operator) })],
            Routes = [.. plan.Routes.Where(r => IsOwn(r.From.Value)).Select(r => r with { From = Own(r.From), To = Own(r.To) })],
            Cost = plan.Cost,
        };
        var evaluation = new PlanEvaluation(member, draft);
        return draft with { Cost = evaluation.Cost(), Outputs = evaluation.Outputs(), Workers = evaluation.Workers() };
    }

    private static string Prefix(PlanningProblem member) => $"{member.Workflow.Name}.";
}
