using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Truths;
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

    public Workflow Workflow { get; } = workflow;

    public IReadOnlyDictionary<OperatorId, InputRegistration> Inputs => _inputs;

    public IReadOnlyDictionary<OperatorId, OutputRegistration> Outputs => _outputs;

    public ImmutableArray<IModelSource> Models { get; set; } = [];

    public MessageSizer Sizes { get; set; } = MessageSizer.Empty;

    public ImmutableArray<AccuracyRow> Accuracies { get; set; } = [];

    /// <summary>Files of measured accuracies that come with the program.</summary>
    public ImmutableArray<string> AccuracyFiles { get; set; } = [];

    public ImmutableArray<TruthRegistration> Truths { get; private set; } = [];

    public ImmutableArray<ProgramOption> Options { get; set; } = [];

    public ImmutableArray<Func<RunSummary, IServiceProvider, CancellationToken, Task<RunAddition>>> Completed { get; set; } = [];

    public ImmutableArray<Func<AccuracyFront, string, CancellationToken, Task>> Fronts { get; set; } = [];

    public string? DefaultConfiguration { get; set; }

    public string? DefaultProfile { get; set; }

    public string ElementsWord { get; set; } = "elements";

    public void Add(InputRegistration input)
    {
        CheckKnown(input.Input, OperatorKind.Input);
        if (!_inputs.TryAdd(input.Input, input))
        {
            throw new ArgumentException($"Input '{input.Input}' already has a source factory. Call UseSources once for each input.", nameof(input));
        }
    }

    public void Add(OutputRegistration output)
    {
        CheckKnown(output.Output, OperatorKind.Output);
        if (!_outputs.TryAdd(output.Output, output))
        {
            throw new ArgumentException($"Output '{output.Output}' already has a sink. Call UseSink once for each output.", nameof(output));
        }
    }

    public void Add(OperatorId output, TruthAdapter truth)
    {
        CheckKnown(output, OperatorKind.Output);
        if (Truths.Any(t => t.Outputs.Contains(output)))
        {
            throw new ArgumentException($"Output '{output}' already has a truth. Call UseTruth once for each output.", nameof(output));
        }

        var same = Truths.FirstOrDefault(t => ReferenceEquals(t.Truth.Instance, truth.Instance));
        Truths = same is null ? Truths.Add(new TruthRegistration(truth, [output])) : Truths.Replace(same, same with { Outputs = same.Outputs.Add(output) });
    }

    /// <summary>Inputs and outputs that nothing is bound to.</summary>
    public IEnumerable<string> Mistakes()
    {
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

    private void CheckKnown(OperatorId id, OperatorKind kind)
    {
        var known = Workflow.Operators.Where(o => o.Kind == kind).Select(o => o.Id).ToList();
        if (!known.Contains(id))
        {
            throw new ArgumentException($"Workflow '{Workflow.Name}' has no {(kind == OperatorKind.Input ? "input" : "output")} '{id}'; it has {string.Join(", ", known)}.");
        }
    }
}

/// <summary>An option of the program's own.</summary>
internal sealed record ProgramOption(string Name, string Value, string Help);
