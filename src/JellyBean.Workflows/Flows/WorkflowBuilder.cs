using System.Globalization;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Workflows.Flows;

/// <summary>Draws a workflow. Mistakes are collected and reported together when the workflow is built.</summary>
public sealed class WorkflowBuilder
{
    private readonly string _name;
    private readonly List<Operator> _operators = [];
    private readonly Dictionary<OperatorId, Operator> _byId = [];
    private readonly List<string> _mistakes = [];

    internal WorkflowBuilder(string name) => _name = name;

    /// <summary>The elements of an input, from all its sources.</summary>
    public Flow<T> From<T>(Input<T> input)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Name.Contains('/', StringComparison.Ordinal))
        {
            Mistake($"Input '{input.Name}' has a '/' in its name. Leave it out: a source is named by its input, '/' and its own name.");
        }

        if (input.AllowedLateness < TimeSpan.Zero)
        {
            Mistake($"Input '{input.Name}' allows a lateness of {input.AllowedLateness}. Use zero or more.");
        }

        CheckTier(input.Tier, $"Input '{input.Name}' is attached to");
        if (input.IdleAfter <= TimeSpan.Zero)
        {
            Mistake($"Input '{input.Name}' counts as idle after {input.IdleAfter}. Use more than zero.");
        }

        return Add<T>(new InputOperator<T>(input));
    }

    internal Flow<T> Add<T>(Operator added)
        where T : notnull
    {
        AddOperator(added);
        return new Flow<T>(this, added.Id);
    }

    internal void AddOutput<T>(Output<T> output, OperatorId input, Objectives objectives)
        where T : notnull
    {
        if (objectives.Accuracy is { } floor && (string.IsNullOrWhiteSpace(floor.Metric) || !double.IsFinite(floor.Least) || floor.Least < 0))
        {
            Mistake(string.Create(
                CultureInfo.InvariantCulture,
                $"Output '{output.Name}' asks for accuracy '{floor.Metric}' of at least {floor.Least}. Name a metric, such as ap50, and a number, 0 or more, in the metric's unit."));
        }

        if (objectives.P99 is { } p99 && p99 <= TimeSpan.Zero)
        {
            Mistake($"Output '{output.Name}' asks for a p99 latency of {p99}. Use more than zero.");
        }

        AddOperator(new OutputOperator<T>(output, input, objectives));
    }

    internal void Pin(OperatorId id, Tier tier)
    {
        if (!CheckTier(tier, $"Operator '{id}' is pinned to"))
        {
            return;
        }

        var pinned = _byId[id];
        if (pinned.Pin is { } earlier && earlier != tier)
        {
            Mistake($"Operator '{id}' is pinned to tier '{earlier}' and to tier '{tier}'. Pin it once.");
        }

        pinned.Pin = tier;
    }

    internal void Watch(OperatorId id, Watch watch)
    {
        if (string.IsNullOrWhiteSpace(watch.Name) || !(watch.MostDrift > 0) || !double.IsFinite(watch.MostDrift) || watch.Reference is { } reference && !double.IsFinite(reference))
        {
            Mistake($"Operator '{id}' watches '{watch.Name}', which may drift by {watch.MostDrift} from {watch.Reference?.ToString(CultureInfo.InvariantCulture) ?? "its beginning"}. Give it a name, a drift above 0 and a finite reference.");
        }
        else if (_byId[id] is not InferOperator infer)
        {
            Mistake($"'{watch.Name}' watches operator '{id}', which is a {_byId[id].Kind}; only what comes straight from a model can be watched. Call Watch right behind Infer.");
        }
        else if (infer.Watch is { } earlier)
        {
            Mistake($"Operator '{id}' watches '{earlier.Name}' and '{watch.Name}'. Watch one number.");
        }
        else
        {
            infer.Watch = watch;
        }
    }

    /// <summary>What is wrong with a model, told with everything else rather than where the model is defined.</summary>
    internal void CheckModel<TIn, TOut>(Model<TIn, TOut> model)
        where TIn : notnull
        where TOut : notnull
    {
        if (model.Variants.IsEmpty)
        {
            Mistake($"Model '{model.Name}' has no variant. Give it at least one.");
        }

        foreach (var twice in model.Variants.GroupBy(v => v.Name).Where(g => g.Count() > 1))
        {
            Mistake($"Model '{model.Name}' names variant '{twice.Key}' {twice.Count()} times. Profiles refer to variants by name: give each its own.");
        }
    }

    /// <summary>Records a mistake; the same one is told once.</summary>
    internal void Mistake(string mistake)
    {
        if (!_mistakes.Contains(mistake))
        {
            _mistakes.Add(mistake);
        }
    }

    internal Workflow Build()
    {
        if (!_operators.Any(o => o.Kind == OperatorKind.Output))
        {
            Mistake("It has no output. End at least one flow with To(output).");
        }

        var consumed = _operators.SelectMany(o => o.Inputs).ToHashSet();
        foreach (var dangling in _operators.Where(o => o.Kind != OperatorKind.Output && !consumed.Contains(o.Id)))
        {
            Mistake($"The flow of '{dangling.Id}' goes nowhere. End it with To(output), or leave it out.");
        }

        return _mistakes.Count == 0 ? new Workflow(_name, [.. _operators]) : throw new WorkflowException(_name, _mistakes);
    }

    private bool CheckTier(Tier tier, string what)
    {
        if (!string.IsNullOrWhiteSpace(tier.Name) && !tier.Name.Any(char.IsWhiteSpace))
        {
            return true;
        }

        Mistake(string.IsNullOrWhiteSpace(tier.Name)
            ? $"{what} a tier without a name. Use a tier such as Tier.Edge."
            : $"{what} tier '{tier}', which is no name for a tier. Use words joined by '-', without spaces, such as Tier.EdgeDataCentre.");
        return false;
    }

    private void AddOperator(Operator added)
    {
        if (string.IsNullOrWhiteSpace(added.Id.Value) || added.Id.Value.Any(char.IsWhiteSpace))
        {
            Mistake($"'{added.Id}' is no name for an operator ({added.Kind}). Use words joined by '-', without spaces.");
        }

        if (!_byId.TryAdd(added.Id, added))
        {
            Mistake($"'{added.Id}' names two operators ({_byId[added.Id].Kind} and {added.Kind}). Give one of them another name: profiles and plans refer to operators by name.");
        }

        _operators.Add(added);
    }
}
