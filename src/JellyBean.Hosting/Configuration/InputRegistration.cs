using JellyBean.Runtime;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>How an input's sources are made, whatever they carry.</summary>
internal abstract class InputRegistration(string input, string? option)
{
    public OperatorId Input { get; } = new(input);

    /// <summary>The command-line option that replaces the input's sources; null if there is none.</summary>
    public string? Option { get; } = option;

    public abstract Tier Tier { get; }

    /// <summary>Reads a source's keys: declares them and collects what is wrong with their values.</summary>
    public abstract void Check(SourceSettings settings);

    /// <summary>Asks a source for its rate, and, where it knows none, whether it can be read at all.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    public abstract Task<double?> ProbeRateAsync(SourceSettings settings, CancellationToken cancellationToken);

    public abstract WorkflowBindings Bind(WorkflowBindings bindings, SourceConfiguration source);
}

internal sealed class InputRegistration<T>(Input<T> input, ISourceFactory<T> factory, string? option) : InputRegistration(input.Name, option)
    where T : notnull
{
    public override Tier Tier => input.Tier;

    public override void Check(SourceSettings settings) => factory.Create(settings);

    public override async Task<double?> ProbeRateAsync(SourceSettings settings, CancellationToken cancellationToken)
    {
        // Sources may ask other programs for their rate: never on the caller's thread.
        await using var source = Create(settings);
        if (await Task.Run(() => source.NominalRate, cancellationToken).ConfigureAwait(false) is { } rate)
        {
            return rate;
        }

        await foreach (var _ in source.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            break;
        }

        return null;
    }

    public override WorkflowBindings Bind(WorkflowBindings bindings, SourceConfiguration source) =>
        bindings.With(input, source.Name, () => Create(source.NewSettings()), source.Overload);

    private ISource<T> Create(SourceSettings settings) =>
        factory.Create(settings) ?? throw new SourceException($"Source '{settings.Name}' cannot be made: {string.Join(" ", settings.Errors)}");
}
