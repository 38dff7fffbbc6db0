using System.Collections.Immutable;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Workflows;

/// <summary>What a user wants done with elements: a graph of operators, checked and immutable. Where and how it runs is the planner's answer.</summary>
public sealed class Workflow
{
    private readonly ImmutableDictionary<OperatorId, Operator> _byId;

    internal Workflow(string name, ImmutableArray<Operator> operators)
    {
        Name = name;
        Operators = operators;
        _byId = operators.ToImmutableDictionary(o => o.Id);
        Fingerprint = WorkflowFingerprint.Of(this);
    }

    /// <summary>Its stable name.</summary>
    public string Name { get; }

    /// <summary>Its operators, each after those it takes elements from.</summary>
    public ImmutableArray<Operator> Operators { get; }

    /// <summary>Tells whether two programs mean the same workflow: covers graph, element schemas and the build of the code, never addresses.</summary>
    public string Fingerprint { get; }

    /// <summary>The operator of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Operator this[OperatorId id] => _byId.TryGetValue(id, out var found)
        ? found
        : throw new KeyNotFoundException($"Workflow '{Name}' has no operator '{id}'; it has {string.Join(", ", Operators.Select(o => o.Id))}.");

    /// <summary>Defines a workflow.</summary>
    /// <param name="name">Stable: journals and logs refer to it.</param>
    /// <param name="define">Draws the graph, from inputs to outputs.</param>
    /// <exception cref="WorkflowException">It has mistakes; all of them are in the message.</exception>
    public static Workflow Define(string name, Action<WorkflowBuilder> define)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(define);
        var builder = new WorkflowBuilder(name);
        define(builder);
        return builder.Build();
    }

    /// <summary>Several workflows side by side as one, so that they can be planned together. Operators are named <c>{workflow}.{operator}</c>; nothing passes between them.</summary>
    /// <param name="name">The name of all together.</param>
    /// <param name="workflows">At least one; each with a name of its own, without dots.</param>
    /// <exception cref="WorkflowException">Names are not fit for it; all that is wrong is in the message.</exception>
    public static Workflow Combine(string name, params ReadOnlySpan<Workflow> workflows)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var mistakes = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var operators = ImmutableArray.CreateBuilder<Operator>();
        foreach (var workflow in workflows)
        {
            if (!names.Add(workflow.Name) || workflow.Name.Contains('.', StringComparison.Ordinal))
            {
                mistakes.Add($"Workflow '{workflow.Name}' {(workflow.Name.Contains('.', StringComparison.Ordinal) ? "has a dot in its name" : "is given twice")}. Give each workflow a name of its own, without dots.");
            }

            operators.AddRange(workflow.Operators.Select(o => o.Renamed(id => new OperatorId($"{workflow.Name}.{id}"))));
        }

        if (operators.Count == 0)
        {
            mistakes.Add("There is no workflow to combine. Give at least one.");
        }

        return mistakes.Count == 0 ? new Workflow(name, operators.DrainToImmutable()) : throw new WorkflowException(name, mistakes);
    }

    /// <summary>The operators that take elements from <paramref name="id"/>; one that takes them twice appears twice.</summary>
    public IEnumerable<Operator> ConsumersOf(OperatorId id) => Operators.SelectMany(o => o.Inputs.Where(i => i == id).Select(_ => o));
}
