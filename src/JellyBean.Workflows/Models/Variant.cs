namespace JellyBean.Workflows.Models;

/// <summary>One member of a model's family: it trades accuracy for cost, and brings its own pre- and post-processing.</summary>
/// <typeparam name="TIn">What the model takes.</typeparam>
/// <typeparam name="TOut">What the model answers.</typeparam>
public abstract class Variant<TIn, TOut> : IVariant
    where TIn : notnull
    where TOut : notnull
{
    /// <summary>Names the variant.</summary>
    /// <param name="name">Stable within its model: profiles refer to it.</param>
    protected Variant(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public virtual int MaxBatch => 32;

    /// <inheritdoc />
    /// <value>None unless overridden. They are read whole before planning, to tell whether they are those that were measured.</value>
    public virtual IReadOnlyList<string> Files => [];

    /// <inheritdoc />
    /// <value>False unless overridden: it is loaded as urgently as anything else.</value>
    public virtual bool LoadsOnOwnThreads => false;

    /// <summary>Loads the variant and checks that it fits: files, shapes, memory. Called off the stream's threads.</summary>
    /// <param name="device">Where to load it.</param>
    /// <param name="cancellationToken">Gives up the loading; nothing stays behind.</param>
    /// <returns>The loaded variant, warmed up; the caller disposes it.</returns>
    /// <exception cref="ModelLoadException">The variant cannot serve on this device; the message says what was found and what to do.</exception>
    public abstract Task<LoadedVariant<TIn, TOut>> LoadAsync(Device device, CancellationToken cancellationToken);
}
