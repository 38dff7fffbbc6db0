using System.Collections.Immutable;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>How many elements each operator takes and gives per second, worked out from the sources through the fan-outs.</summary>
/// <remarks>
/// JellyBean (VLDB 2023) takes the least of an operator's input rates times a ratio, as its joins wait for one element of each input. Here a merge and an event-time join take the
/// sum, since each element of each flow is work; expand and regroup are counted in parts and in groups.
/// </remarks>
public sealed class WorkflowRates
{
    private readonly Dictionary<OperatorId, double> _taken = [];
    private readonly Dictionary<OperatorId, double> _given = [];
    private readonly Dictionary<OperatorId, double> _partsPerElement = [];

    private WorkflowRates()
    {
    }

    /// <summary>What passes between operators, in the order of the receivers, then of their inputs.</summary>
    public ImmutableArray<FlowRate> Flows { get; private set; } = [];

    /// <summary>Works out the rates of a problem.</summary>
    public static WorkflowRates Of(PlanningProblem problem) => Of(problem.Workflow, problem.Profile, problem.Sources);

    /// <summary>Works out the rates of a workflow.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="profile">Fan-outs and message sizes.</param>
    /// <param name="sources">What arrives.</param>
    public static WorkflowRates Of(Workflow workflow, Profile profile, ImmutableArray<SourceDemand> sources)
    {
        var rates = new WorkflowRates();
        var outputs = profile.Outputs.GroupBy(o => o.Operator).ToDictionary(g => g.Key, g => g.ToList());
        var flows = ImmutableArray.CreateBuilder<FlowRate>();
        foreach (var op in workflow.Operators)
        {
            for (var i = 0; i < op.Inputs.Length; i++)
            {
                flows.Add(rates.FlowInto(workflow, op, i, outputs));
            }

            var taken = op.Kind switch
            {
                OperatorKind.Input => sources.Where(s => s.Input == op.Id).Sum(s => s.Rate),
                OperatorKind.Regroup => rates._taken[ExpandOf(workflow, op)],
                _ => op.Inputs.Sum(i => rates._given[i]),
            };
            rates._taken[op.Id] = taken;
            rates._given[op.Id] = outputs.TryGetValue(op.Id, out var output) ? taken * output[0].ResultsPerElement : 0;
            rates._partsPerElement[op.Id] = op.Kind is OperatorKind.Infer && workflow[op.Inputs[0]].Kind is OperatorKind.Expand
                ? outputs[op.Inputs[0]][0].ResultsPerElement
                : 1;
        }

        rates.Flows = flows.ToImmutable();
        return rates;
    }

    /// <summary>Elements that an operator takes per second, over all its inputs; groups for a regroup.</summary>
    public double Taken(OperatorId id) => _taken[id];

    /// <summary>Results that an operator gives per second; parts for an expand.</summary>
    public double Given(OperatorId id) => _given[id];

    /// <summary>Mean parts of one element that an infer operator between expand and regroup answers; 1 for other operators.</summary>
    public double PartsPerElement(OperatorId id) => _partsPerElement[id];

    private static OperatorId ExpandOf(Workflow workflow, Operator regroup) => workflow[regroup.Inputs[0]].Inputs[0];

    private FlowRate FlowInto(Workflow workflow, Operator to, int index, Dictionary<OperatorId, List<OutputProfile>> outputs)
    {
        var from = workflow[to.Inputs[index]];
        var sizes = outputs[from.Id];
        var expand = to.Kind is OperatorKind.Regroup ? ExpandOf(workflow, to) : from.Kind is OperatorKind.Expand ? from.Id : (OperatorId?)null;
        return new FlowRate
        {
            From = from.Id,
            To = to.Id,
            InputIndex = index,
            Rate = _given[from.Id],
            Messages = sizes.Where(s => s.Variant is not null).ToDictionary(s => s.Variant!, s => s.MessageBytes),
            OtherMessageBytes = sizes.Where(s => s.Variant is null).Select(s => s.MessageBytes).FirstOrDefault(),
            KeptBytes = expand is { } e ? outputs[e][0].KeptBytes : 0,
            Groups = expand is { } x ? _taken[x] : 0,
            Parts = expand is { } y ? outputs[y][0].ResultsPerElement : 1,
            PartsVariance = expand is { } z ? Burstiness.PartsVariance(outputs[z][0]) : 0,
        };
    }
}
