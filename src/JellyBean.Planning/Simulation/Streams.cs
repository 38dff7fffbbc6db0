using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Simulation;

/// <summary>Which joins pair their elements one by one, as those of one request, and so which sources' elements come together.</summary>
/// <remarks>
/// A join pairs where each of its flows has one element for each of one source's, at equal rates: then both sources belong to one stream of requests, and the pair waits for the later of
/// its halves. Any other join gives its mean results as its elements come.
/// </remarks>
internal sealed class Streams
{
    private readonly PlanningProblem _problem;
    private readonly Dictionary<OperatorId, OutputProfile> _outputs;
    private readonly HashSet<OperatorId> _pairing = [];
    private readonly int[] _streamOf;

    public Streams(PlanningProblem problem)
    {
        _problem = problem;
        _outputs = problem.Profile.Outputs.GroupBy(o => o.Operator).ToDictionary(g => g.Key, g => g.First());
        _streamOf = [.. Enumerable.Range(0, problem.Sources.Length)];
        foreach (var join in problem.Workflow.Operators.OfType<JoinOperator>())
        {
            if (SourceOf(join.Inputs[0]) is { } left && SourceOf(join.Inputs[1]) is { } right
                && Math.Abs(problem.Sources[left].Rate - problem.Sources[right].Rate) <= 1e-9 * problem.Sources[left].Rate)
            {
                _pairing.Add(join.Id);
                var (kept, merged) = (_streamOf[left], _streamOf[right]);
                for (var i = 0; i < _streamOf.Length; i++)
                {
                    _streamOf[i] = _streamOf[i] == merged ? kept : _streamOf[i];
                }
            }
        }
    }

    /// <summary>The sources of each stream, by their places in the problem.</summary>
    public IEnumerable<IGrouping<int, int>> Groups => Enumerable.Range(0, _streamOf.Length).GroupBy(i => _streamOf[i]);

    public bool Pairs(OperatorId join) => _pairing.Contains(join);

    /// <summary>The source that gives one element for each of an operator's results; null where there is no such one.</summary>
    private int? SourceOf(OperatorId id)
    {
        var op = _problem.Workflow[id];
        switch (op)
        {
            case InputOperator:
                var sources = Enumerable.Range(0, _problem.Sources.Length).Where(i => _problem.Sources[i].Input == id).ToList();
                return sources.Count == 1 ? sources[0] : null;
            case JoinOperator:
                return _pairing.Contains(id) && _outputs[id].ResultsPerElement == 0.5 ? SourceOf(op.Inputs[0]) : null;
            case RegroupOperator:
                return SourceOf(_problem.Workflow[_problem.Workflow[op.Inputs[0]].Inputs[0]].Inputs[0]);
            default:
                return op.Inputs.Length == 1 && _outputs[id].ResultsPerElement == 1 ? SourceOf(op.Inputs[0]) : null;
        }
    }
}
