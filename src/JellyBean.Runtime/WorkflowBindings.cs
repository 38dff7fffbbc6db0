using System.Collections.Immutable;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime;

/// <summary>A workflow with the sources that feed its inputs and the sinks that take its outputs.</summary>
public sealed record WorkflowBindings
{
    /// <summary>Binds nothing yet.</summary>
    /// <param name="workflow">What is to run.</param>
    public WorkflowBindings(Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        Workflow = workflow;
    }

    /// <summary>What is to run.</summary>
    public Workflow Workflow { get; }

    /// <summary>How each source is opened, by its id.</summary>
    internal ImmutableDictionary<SourceId, SourceBinding> Sources { get; init; } = ImmutableDictionary<SourceId, SourceBinding>.Empty;

    /// <summary>How each output's sink is opened.</summary>
    internal ImmutableDictionary<OperatorId, Func<BoundSink>> Sinks { get; init; } = ImmutableDictionary<OperatorId, Func<BoundSink>>.Empty;

    /// <summary>How elements are encoded for links; null where nobody has said, and bytes within a process are not counted.</summary>
    internal MessageSizer? Sizer { get; init; }

    /// <summary>Makes sources that are added while the workflow runs; null where none can be.</summary>
    internal ISourceMaker? Maker { get; init; }

    /// <summary>How values are encoded for links and snapshots.</summary>
    internal ElementCodecs Codecs => (Sizer ?? MessageSizer.Empty).Codecs;

    /// <summary>Tells how elements are encoded, and so how large they are as sent.</summary>
    public WorkflowBindings With(MessageSizer sizer)
    {
        ArgumentNullException.ThrowIfNull(sizer);
        return this with { Sizer = sizer };
    }

    /// <summary>Tells how sources are made that are added while the workflow runs.</summary>
    public WorkflowBindings With(ISourceMaker maker)
    {
        ArgumentNullException.ThrowIfNull(maker);
        return this with { Maker = maker };
    }

    /// <summary>Adds a source to an input.</summary>
    /// <param name="input">An input of the workflow.</param>
    /// <param name="source">The source's name, unique within the input.</param>
    /// <param name="open">Makes the source; called on the node that serves it, which disposes it.</param>
    /// <param name="overload">What it does under overload; the input's policy unless given.</param>
    public WorkflowBindings With<T>(Input<T> input, string source, Func<ISource<T>> open, Overload? overload = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(input);
        var op = (InputOperator)Workflow[new OperatorId(input.Name)];
        var id = SourceId.Of(input.Name, source);
        return Sources.ContainsKey(id)
            ? throw new ArgumentException($"Input '{input.Name}' already has a source '{source}'. Names must be unique.", nameof(source))
            : this with { Sources = Sources.Add(id, new SourceBinding(op, () => op.Bind(open()), overload ?? op.Overload)) };
    }

    /// <summary>Sets the sink of an output.</summary>
    /// <param name="output">An output of the workflow.</param>
    /// <param name="open">Makes the sink; called on the node that serves it, which disposes it.</param>
    public WorkflowBindings With<T>(Output<T> output, Func<ISink<T>> open)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(output);
        var op = (OutputOperator)Workflow[new OperatorId(output.Name)];
        var writer = new SinkWriter(Workflow.Name, Workflow.Fingerprint, op.Id);
        return this with { Sinks = Sinks.SetItem(op.Id, Bind) };

        BoundSink Bind()
        {
            var sink = open();
            sink.WrittenBy(writer);
            return op.Bind(sink);
        }
    }

    /// <summary>How a source is opened, whether it is configured or was added.</summary>
    /// <exception cref="SourceException">It is neither; or cannot be made.</exception>
    internal SourceBinding SourceOf(SourceId id, ImmutableArray<SourceAddition> added) =>
        added.FirstOrDefault(a => a.Source == id) is { Settings.IsEmpty: false } addition && Maker is { } maker
            ? maker.Bind(this with { Sources = Sources.Remove(id) }, addition).Sources[id]
            : Sources.GetValueOrDefault(id) ?? throw new SourceException($"This node does not know the source '{id}'. Configure it here as on the other nodes.");
}

/// <summary>How a source is opened and what it does under overload. Thread-safe.</summary>
internal sealed class SourceBinding(InputOperator input, Func<BoundSource> open, Overload overload)
{
    private volatile object? _isReplayable;

    public InputOperator Input => input;

    public Overload Overload => overload;

    public BoundSource Open()
    {
        var source = open();
        _isReplayable = source.IsReplayable;
        return source;
    }

    /// <summary>Whether it can be read again. A process that has never opened the source opens it to know that, once.</summary>
    public async ValueTask<bool> IsReplayableAsync()
    {
        if (_isReplayable is null)
        {
            await using var source = Open();
        }

        return (bool)_isReplayable!;
    }
}
