using JellyBean.Hosting.CommandLine;

namespace JellyBean.Hosting.Configuration;

/// <summary>Collects what is wrong with what the user gave, so that all of it is told at once.</summary>
internal sealed class InputErrors
{
    private readonly List<string> _all = [];

    /// <summary>For readers that add what they find.</summary>
    public ICollection<string> All => _all;

    public bool IsEmpty => _all.Count == 0;

    public void Add(string error) => _all.Add(error);

    public void Add(IEnumerable<string> errors) => _all.AddRange(errors);

    /// <summary>Reads something, and takes note where it cannot be used.</summary>
    /// <returns>What was read; null where it cannot be.</returns>
    public T? Try<T>(Func<T> read)
        where T : class?
    {
        try
        {
            return read();
        }
        catch (Exception wrong) when (Failure.CodeOf(wrong) == ExitCodes.BadInput)
        {
            Add(Failure.MessagesOf(wrong));
            return null;
        }
    }

    /// <inheritdoc cref="Try{T}" />
    public async Task<T?> TryAsync<T>(Func<Task<T>> readAsync)
        where T : class?
    {
        try
        {
            return await readAsync().ConfigureAwait(false);
        }
        catch (Exception wrong) when (Failure.CodeOf(wrong) == ExitCodes.BadInput)
        {
            Add(Failure.MessagesOf(wrong));
            return null;
        }
    }

    /// <exception cref="BadInputException">Something is wrong; everything that is, is in it.</exception>
    public void ThrowIfAny()
    {
        if (!IsEmpty)
        {
            throw new BadInputException([.. _all.Distinct()]);
        }
    }
}
