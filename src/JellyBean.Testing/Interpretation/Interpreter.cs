using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Testing.Interpretation;

/// <summary>Evaluates operators one after the other, each over a complete list of its elements.</summary>
/// <remarks>
/// Where no operator before looks at more than one element at a time, a list of one is complete too: that part runs as elements come, so that
/// pictures need not stay in memory. The rest runs at the end.
/// </remarks>
internal sealed class Interpreter
{
    private readonly Workflow _workflow;
    private readonly ElementwiseEvaluation _elementwise;
    private readonly Tally _tally = new();
    private readonly SortedDictionary<SourceId, SourceClock> _sources = [];
    private readonly ImmutableArray<Operator> _asTheyCome;
    private readonly ImmutableArray<Operator> _atTheEnd;

    // Flows that run as elements come but are needed complete: by an operator at the end, or as results.
    private readonly Dictionary<OperatorId, List<Element>> _complete;

    public Interpreter(Workflow workflow, IReadOnlyDictionary<OperatorId, InferenceKernel> kernels)
    {
        _workflow = workflow;
        _elementwise = new ElementwiseEvaluation(workflow, kernels, _tally);
        var asTheyCome = new HashSet<OperatorId>();
        foreach (var op in workflow.Operators)
        {
            if (op is not (ProcessOperator or JoinOperator or WindowOperator) && op.Inputs.All(asTheyCome.Contains))
            {
                asTheyCome.Add(op.Id);
            }
        }

        _asTheyCome = [.. workflow.Operators.Where(o => asTheyCome.Contains(o.Id))];
        _atTheEnd = [.. workflow.Operators.Where(o => !asTheyCome.Contains(o.Id))];
        _complete = _asTheyCome
            .Where(o => o is OutputOperator || _atTheEnd.Any(later => later.Inputs.Contains(o.Id)))
            .ToDictionary(o => o.Id, _ => new List<Element>());
    }

    public void AddSource(SourceId id, InputOperator input) => _sources.Add(id, new SourceClock(id, input));

    /// <summary>Takes the next element that a source offers.</summary>
    public void Take(SourceId source, Offer offer)
    {
        var clock = _sources[source];
        if (clock.Take(offer, _tally) is not { } element)
        {
            return;
        }

        var flows = _asTheyCome.OfType<InputOperator>().ToDictionary(i => i.Id, IReadOnlyList<Element> (i) => i == clock.Input ? [element] : []);
        foreach (var op in _asTheyCome.Where(o => o is not InputOperator))
        {
            flows[op.Id] = Evaluate(op, [.. op.Inputs.Select(i => flows[i])]);
        }

        foreach (var (id, complete) in _complete)
        {
            complete.AddRange(flows[id]);
        }
    }

    /// <summary>Evaluates the rest, after the last element.</summary>
    public WorkflowTestRun Finish()
    {
        var flows = _complete.ToDictionary(c => c.Key, IReadOnlyList<Element> (c) => c.Value);
        foreach (var op in _atTheEnd)
        {
            flows[op.Id] = Evaluate(op, [.. op.Inputs.Select(i => flows[i])]);
        }

        var results = _workflow.Operators.OfType<OutputOperator>().ToDictionary(o => o.Id, IReadOnlyList<Element> (o) => [.. Ordered(flows[o.Id])]);
        return new WorkflowTestRun(_workflow, results, [.. _sources.Select(s => Counts(s.Key, s.Value))], _tally);
    }

    private IReadOnlyList<Element> Evaluate(Operator op, ImmutableArray<IReadOnlyList<Element>> inputs) => op switch
    {
        ProcessOperator process => ProcessEvaluation.Of(process, Ordered(inputs[0]), _tally),
        JoinOperator join => JoinEvaluation.Of(join, inputs[0], inputs[1], _tally),
        WindowOperator window => WindowEvaluation.Of(window, inputs[0], _tally),
        OutputOperator => inputs[0],
        _ => _elementwise.Of(op, inputs),
    };

    private static IOrderedEnumerable<Element> Ordered(IEnumerable<Element> elements) => elements.OrderBy(e => e.Lineage);

    private SourceCounts Counts(SourceId id, SourceClock clock) => new()
    {
        Source = id,
        Offered = clock.Offered,
        Settled = clock.Offered,
        Failed = _tally.Failures.Where(f => f.Source == id).Select(f => f.Number).Distinct().LongCount(),
        Late = clock.Late,
    };
}
