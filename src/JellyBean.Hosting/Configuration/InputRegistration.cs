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

    /// <summary>Asks a source for its rate; null where it knows none. One that could be read again is then looked into for why.</summary>
    /// <exception cref="SourceException">It cannot be made, or not be read.</exception>
    public abstract Task<double?> NominalRateAsync(SourceSettings settings, CancellationToken cancellationToken);

    /// <summary>Asks a source for its rate, and, where it knows none, whether it can be read at all.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    public abstract Task<double?> ProbeRateAsync(SourceSettings settings, LiveProbe live, CancellationToken cancellationToken);

    /// <summary>Waits until a live source gives something; others are not waited for.</summary>
    /// <exception cref="SourceException">It gives nothing.</exception>
    public abstract Task AwaitAsync(SourceSettings settings, LiveProbe live, CancellationToken cancellationToken);

    /// <summary>Reads the first element of a source that can be read again; live ones are waited for while the workflow runs.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    public abstract Task CheckAsync(SourceSettings settings, CancellationToken cancellationToken);

    /// <summary>Asks a source how many elements it has; null where it does not know.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    public abstract Task<long?> CountAsync(SourceSettings settings, CancellationToken cancellationToken);

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

    public override async Task<double?> NominalRateAsync(SourceSettings settings, CancellationToken cancellationToken)
    {
        await using var source = Create(settings);
        return await RateAsync(source, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<double?> ProbeRateAsync(SourceSettings settings, LiveProbe live, CancellationToken cancellationToken)
    {
        await using var source = Create(settings);
        var rate = await RateAsync(source, cancellationToken).ConfigureAwait(false);
        return rate is null && !source.IsReplayable ? await live.RateAsync(source, cancellationToken).ConfigureAwait(false) : rate;
    }

    public override async Task AwaitAsync(SourceSettings settings, LiveProbe live, CancellationToken cancellationToken)
    {
        await using var source = Create(settings);
        if (!source.IsReplayable)
        {
            await live.AwaitAsync(source, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task CheckAsync(SourceSettings settings, CancellationToken cancellationToken)
    {
        await using var source = Create(settings);
        if (source.IsReplayable)
        {
            await ReadFirstAsync(source, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task<long?> CountAsync(SourceSettings settings, CancellationToken cancellationToken)
    {
        await using var source = Create(settings);
        return await source.CountAsync(cancellationToken).ConfigureAwait(false);
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

    private static async Task<double?> RateAsync(ISource<T> source, CancellationToken cancellationToken)
    {
        // Sources may ask other programs for their rate: never on the caller's thread.
        var rate = await Task.Run(() => source.NominalRate, cancellationToken).ConfigureAwait(false);
        if (rate is not null || !source.IsReplayable)
        {
            return rate;
        }

        // Reading a little of it tells what is wrong where something is.
        await ReadFirstAsync(source, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static async Task ReadFirstAsync(ISource<T> source, CancellationToken cancellationToken)
    {
        await foreach (var _ in source.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            break;
        }
    }

    private ISource<T> Create(SourceSettings settings) =>
        factory.Create(settings) ?? throw new SourceException($"Source '{settings.Name}' cannot be made: {string.Join(" ", settings.Errors)}");
}
