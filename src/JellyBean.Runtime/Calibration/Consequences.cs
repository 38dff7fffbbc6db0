using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Calibration;

/// <summary>Works out what follows from each variant of a model for the operators behind it. Models behind it answer with their speakers.</summary>
/// <param name="workflow">The workflow.</param>
/// <param name="flows">What every operator gave while the variant spoke that answers for what follows.</param>
/// <param name="groups">Elements that were divided, by the operator that did.</param>
/// <param name="run">Runs an operator over flows and groups.</param>
/// <param name="ask">Has a model's speaker answer elements; null where there is no time for it.</param>
/// <param name="sizer">Bytes of an operator's result.</param>
internal sealed class Consequences(
    Workflow workflow,
    IReadOnlyDictionary<OperatorId, List<Sample>> flows,
    IReadOnlyDictionary<OperatorId, List<PartGroup>> groups,
    Func<Operator, Dictionary<OperatorId, List<Sample>>, Dictionary<OperatorId, List<PartGroup>>, OperatorRun> run,
    Func<InferOperator, List<Sample>, List<Sample>?> ask,
    MessageSizer sizer)
{
    /// <summary>Rows of the operators behind a model, for a variant that answered some of the elements that the speaker did.</summary>
    /// <param name="op">The model's operator.</param>
    /// <param name="variant">Its variant.</param>
    /// <param name="answers">What it answered.</param>
    /// <param name="speaker">What the speaker answered to the same elements; null where it failed.</param>
    /// <param name="profile">What was measured of an operator while the speaker answered all: both are compared on the same elements, and the difference applied to that.</param>
    public IEnumerable<Consequence> Of(
        InferOperator op, string variant, IEnumerable<(Sample Sample, object Answer)> answers, Func<Sample, object?> speaker, Func<OperatorId, (ServiceTime Time, OutputProfile Output)> profile)
    {
        var both = answers.Select(a => (a.Sample, Own: a.Answer, Speaker: speaker(a.Sample))).Where(a => a.Speaker is not null).ToList();
        var like = Behind(op, [.. both.Select(b => (b.Sample, b.Speaker!))]);
        foreach (var (id, own) in Behind(op, [.. both.Select(b => (b.Sample, b.Own))]))
        {
            var (time, output) = profile(id);
            var other = like[id];
            if (own.Taken == 0 || other.Taken == 0)
            {
                // Nothing came this far: what was measured with the speaker is the best that is known.
                continue;
            }

            yield return new Consequence
            {
                Of = new VariantChoice(op.Id, variant),
                Operator = id,
                ServiceMs = Scaled(time.ServiceMs, own.Times.Mean, other.Times.Mean),
                ResultsPerElement = Scaled(output.ResultsPerElement, own.ResultsPerElement, other.ResultsPerElement),
                MessageBytes = Scaled(output.MessageBytes, MeanSize(id, own), MeanSize(id, other)),
                KeptBytes = Scaled(output.KeptBytes, MeanKept(id, own), MeanKept(id, other)),
            };
        }
    }

    private static double Scaled(double whole, double own, double other) => own > 0 && other > 0 ? whole * own / other : whole;

    private Dictionary<OperatorId, OperatorRun> Behind(InferOperator op, List<(Sample Sample, object Answer)> answers)
    {
        var (given, divided) = (new Dictionary<OperatorId, List<Sample>>(flows), new Dictionary<OperatorId, List<PartGroup>>(groups));
        given[op.Id] = [.. answers.Select(a => a.Sample with { Value = a.Answer })];
        if (workflow[op.Inputs[0]] is ExpandOperator expand)
        {
            divided[expand.Id] = Grouped(answers);
        }

        var runs = new Dictionary<OperatorId, OperatorRun>();
        var reached = new HashSet<OperatorId> { op.Id };
        foreach (var next in workflow.Operators.Where(o => o is not OutputOperator && o.Inputs.Any(reached.Contains)))
        {
            if (next is not InferOperator infer)
            {
                var made = runs[next.Id] = run(next, given, divided);
                (given[next.Id], divided[next.Id]) = (made.Results, made.Groups);
            }
            else if (ask(infer, given[infer.Inputs[0]]) is { } answered)
            {
                given[next.Id] = answered;
            }
            else
            {
                continue;
            }

            reached.Add(next.Id);
        }

        return runs;
    }

    /// <summary>The divided elements with these answers, and no others.</summary>
    private static List<PartGroup> Grouped(List<(Sample Sample, object Answer)> answers)
    {
        var made = new Dictionary<PartGroup, PartGroup>();
        foreach (var (sample, answer) in answers)
        {
            var group = sample.Group!;
            if (!made.TryGetValue(group, out var own))
            {
                made[group] = own = new PartGroup(group.Whole, group.Kept, group.Answers.Length);
            }

            own.Answers[sample.Part] = answer;
        }

        return [.. made.Values.OrderBy(g => g.Whole.Source).ThenBy(g => g.Whole.EventTicks)];
    }

    private double MeanSize(OperatorId id, OperatorRun made) => sizer.MeanSizeOf(workflow[id].ElementType, made.Results.Where(r => !r.IsLeadIn).Select(r => r.Value));

    private double MeanKept(OperatorId id, OperatorRun made) => made.Groups.Count > 0 ? sizer.MeanSizeOf(((ExpandOperator)workflow[id]).KeptType, made.Groups.Select(g => g.Kept)) : 0;
}
