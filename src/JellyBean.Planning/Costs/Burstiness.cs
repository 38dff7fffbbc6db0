using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>How unevenly elements come to operators: the variance of their number in a long time, as a multiple of its mean (the index of dispersion for counts).</summary>
/// <remarks>
/// Queues pass it on as it is: whatever goes in comes out. Where each element gives r results with variance v, r × index + v / r comes out (compound counts), which for r below 1 is what thinning gives;
/// flows of one origin rise and fall together, so that their standard deviations add.
/// </remarks>
internal sealed class Burstiness
{
    private readonly Dictionary<OperatorId, double> _taken = [];
    private readonly Dictionary<OperatorId, double> _given = [];

    public Burstiness(PlanningProblem problem, WorkflowRates rates)
    {
        var outputs = problem.Profile.Outputs.GroupBy(o => o.Operator).ToDictionary(g => g.Key, g => g.First());
        foreach (var op in problem.Workflow.Operators)
        {
            _taken[op.Id] = op switch
            {
                InputOperator => problem.Options.Burstiness,
                RegroupOperator => _taken[problem.Workflow[op.Inputs[0]].Inputs[0]],
                _ => Together([.. op.Inputs.Select(i => (rates.Given(i), _given[i]))]),
            };
            _given[op.Id] = outputs.TryGetValue(op.Id, out var output) ? Given(op, _taken[op.Id], output) : _taken[op.Id];
        }
    }

    /// <summary>Of what an operator takes.</summary>
    public double Taken(OperatorId op) => _taken[op];

    /// <summary>Of what an operator gives.</summary>
    public double Given(OperatorId op) => _given[op];

    /// <summary>The variance of an element's parts; where it was not measured, as if each stood by itself.</summary>
    public static double PartsVariance(OutputProfile expand) => Math.Max(expand.ResultsVariance, expand.ResultsPerElement);

    private static double Together(List<(double Rate, double Index)> flows)
    {
        var total = flows.Sum(f => f.Rate);
        return total > 0 ? Math.Pow(flows.Sum(f => Math.Sqrt(f.Rate * f.Index)), 2) / total : flows.Max(f => f.Index);
    }

    private static double Given(Operator op, double taken, OutputProfile output)
    {
        var mean = output.ResultsPerElement;
        if (mean <= 0)
        {
            return 1;
        }

        // As many whole results as the mean, and now and then one more, is the least that a mean can vary.
        var part = mean - Math.Floor(mean);
        var variance = op is ExpandOperator ? PartsVariance(output) : Math.Max(output.ResultsVariance, part * (1 - part));
        return (mean * taken) + (variance / mean);
    }
}
