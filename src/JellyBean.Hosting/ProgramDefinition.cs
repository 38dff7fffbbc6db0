using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Profiles;
using JellyBean.Hosting.Truths;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Hosting;

/// <summary>What a program has said about itself. Filled while the host is built, only read afterwards.</summary>
internal sealed class ProgramDefinition(Workflow workflow)
{
    private readonly SortedDictionary<OperatorId, InputRegistration> _inputs = [];
    private readonly SortedDictionary<OperatorId, OutputRegistration> _outputs = [];
    private readonly List<string> _mistakes = [];

    public Workflow Workflow { get; } = workflow;

    public IReadOnlyDictionary<OperatorId, InputRegistration> Inputs => _inputs;

    public IReadOnlyDictionary<OperatorId, OutputRegistration> Outputs => _outputs;

    public ImmutableArray<IModelSource> Models { get; set; } = [];

    public MessageSizer Sizes { get; set; } = MessageSizer.Empty;

    public ImmutableArray<AccuracyRow> Accuracies { get; set; } = [];

    /// <summary>Files of measured accuracies that come with the program.</summary>
    public ImmutableArray<string> AccuracyFiles { get; set; } = [];

    public ImmutableArray<TruthRegistration> Truths { get; private set; } = [];

    /// <summary>Whether less of a metric is better, of agreement as of accuracy: no floor can be meant for it.</summary>
    public bool IsLessBetter(string metric) => Truths.Any(t => t.Truth.LessIsBetter.Any(m => metric == m || metric == AccuracyMeasurement.AgreementPrefix + m));

    public ImmutableArray<ProgramOption> Options { get; set; } = [];

    public ImmutableArray<Func<RunSummary, IServiceProvider, CancellationToken, Task<RunAddition>>> Completed { get; set; } = [];

    public ImmutableArray<Func<AccuracyFront, string, CancellationToken, Task>> Fronts { get; set; } = [];

    public string? DefaultConfiguration { get; set; }

    public string? DefaultProfile { get; set; }

    /// <summary>What the published planner's beam search knows; empty where it is not compared with.</summary>
    public ImmutableArray<OperatorSamples> HeuristicSamples { get; set; } = [];

    public string ElementsWord { get; set; } = "elements";

    public void Add(InputRegistration input)
    {
        if (IsKnown(input.Input, OperatorKind.Input) && !_inputs.TryAdd(input.Input, input))
        {
            _mistakes.Add($"Input '{input.Input}' already has a source factory. Call UseSources once for each input.");
        }
    }

    public void Add(OutputRegistration output)
    {
        if (IsKnown(output.Output, OperatorKind.Output) && !_outputs.TryAdd(output.Output, output))
        {
            _mistakes.Add($"Output '{output.Output}' already has a sink. Call UseSink once for each output.");
        }
    }

    public void Add(OperatorId output, TruthAdapter truth)
    {
        if (!IsKnown(output, OperatorKind.Output))
        {
            return;
        }

        if (Truths.Any(t => t.Outputs.Contains(output)))
        {
            _mistakes.Add($"Output '{output}' already has a truth. Call UseTruth once for each output.");
            return;
        }

        var same = Truths.FirstOrDefault(t => ReferenceEquals(t.Truth.Instance, truth.Instance));
        Truths = same is null ? Truths.Add(new TruthRegistration(truth, [output])) : Truths.Replace(same, same with { Outputs = same.Outputs.Add(output) });
    }

    /// <summary>What was bound wrongly or twice, inputs and outputs that nothing is bound to, and accuracies of what the workflow does not have.</summary>
    public IEnumerable<string> Mistakes()
    {
        foreach (var mistake in _mistakes)
        {
            yield return mistake;
        }

        foreach (var mistake in Accuracies.SelectMany(row => row.Validate(Workflow)).Distinct())
        {
            yield return $"UseProfile: {mistake}";
        }

        foreach (var op in Workflow.Operators)
        {
            if (op.Kind == OperatorKind.Input && !_inputs.ContainsKey(op.Id))
            {
                yield return $"Input '{op.Id}' of workflow '{Workflow.Name}' has no source factory. Call UseSources for it.";
            }

            if (op.Kind == OperatorKind.Output && !_outputs.ContainsKey(op.Id))
            {
                yield return $"Output '{op.Id}' of workflow '{Workflow.Name}' has no sink. Call UseSink for it.";
            }
        }
    }

    // What is bound wrongly is told with everything else, where the command line is answered.
    private bool IsKnown(OperatorId id, OperatorKind kind)
    {
        var known = Workflow.Operators.Where(o => o.Kind == kind).Select(o => o.Id).ToList();
        if (!known.Contains(id))
        {
            _mistakes.Add($"Workflow '{Workflow.Name}' has no {(kind == OperatorKind.Input ? "input" : "output")} '{id}'; it has {string.Join(", ", known)}.");
        }

        return known.Contains(id);
    }
}

/// <summary>An option of the program's own.</summary>
internal sealed record ProgramOption(string Name, string Value, string Help);
