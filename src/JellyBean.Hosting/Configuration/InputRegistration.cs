using JellyBean.Runtime;
using JellyBean.Testing;
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

    /// <summary>Asks a source for its rate, without reading it; null where it knows none.</summary>
    /// <exception cref="SourceException">It cannot be made.</exception>
    public abstract Task<double?> NominalRateAsync(SourceSettings settings, CancellationToken cancellationToken);

    /// <summary>Asks a source for its rate, and, where it knows none, whether it can be read at all.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    public abstract Task<double?> ProbeRateAsync(SourceSettings settings, CancellationToken cancellationToken);

    /// <param name="bindings">What is bound so far.</param>
    /// <param name="source">The source.</param>
    /// <param name="pace">Elements per second that it gives at most; null for as many as are taken.</param>
    public abstract WorkflowBindings Bind(WorkflowBindings bindings, SourceConfiguration source, double? pace);

    /// <summary>Feeds a source to the reference interpreter.</summary>
    /// <returns>The source, to dispose after the run.</returns>
    public abstract IAsyncDisposable Feed(CombinationTest test, SourceConfiguration source);
}

internal sealed class InputRegistration<T>(Input<T> input, ISourceFactory<T> factory, string? option) : InputRegistration(input.Name, option)
    where T : notnull
{
    public override Tier Tier => input.Tier;

    public override void Check(SourceSettings settings) => factory.Create(settings);

    // Sources may ask other programs for their rate: never on the caller's thread.
    public override async Task<double?> NominalRateAsync(SourceSettings settings, CancellationToken cancellationToken)
    {
        await using var source = Create(settings);
        return await Task.Run(() => source.NominalRate, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<double?> ProbeRateAsync(SourceSettings settings, CancellationToken cancellationToken)
    {
        // Sources may ask other programs for their rate: never on the caller's thread.
        await using var source = Create(settings);
        if (await Task.Run(() => source.NominalRate, cancellationToken).ConfigureAwait(false) is { } rate)
        {
            return rate;
        }

        if (!source.IsReplayable)
        {
            return await LiveRate.MeasureAsync(source, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        await foreach (var _ in source.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            break;
        }

        return null;
    }

    public override WorkflowBindings Bind(WorkflowBindings bindings, SourceConfiguration source, double? pace) => bindings.With(
        input,
        source.Name,
        () => pace is { } rate ? new PacedSource<T>(Create(source.NewSettings()), rate, TimeProvider.System) : Create(source.NewSettings()),
        source.Overload);

    public override IAsyncDisposable Feed(CombinationTest test, SourceConfiguration source)
    {
        var opened = Create(source.NewSettings());
        test.FeedAll(input, opened);
        return opened;
    }

    private ISource<T> Create(SourceSettings settings) =>
        factory.Create(settings) ?? throw new SourceException($"Source '{settings.Name}' cannot be made: {string.Join(" ", settings.Errors)}");
}
