using System.Globalization;
using System.Text;
using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.Commands;

/// <summary>The folder that a run writes to, and no other run meanwhile.</summary>
internal sealed class OutputFolder : IDisposable
{
    private const string Mark = ".run";

    private readonly FileStream _held;

    private readonly string _folder;
    private readonly bool _isNew;

    private OutputFolder(FileStream held, string folder, bool isNew) => (_held, _folder, _isNew) = (held, folder, isNew);

    /// <summary>Makes sure that a folder is there and can be written.</summary>
    /// <exception cref="BadInputException">It cannot be made or written.</exception>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The output folder '{folder}' cannot be written: {cause.Message} Choose another with --output.");
        }
    }

    /// <summary>Makes sure, before anything runs, that a run can write, and that no other one does.</summary>
    /// <exception cref="BadInputException">It cannot be made or written, or another run writes there.</exception>
    public static OutputFolder Take(string folder)
    {
        var isNew = !Directory.Exists(folder);
        Prepare(folder);
        try
        {
            return new OutputFolder(new FileStream(Path.Combine(folder, Mark), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), folder, isNew);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"Another run writes to '{folder}': {cause.Message} Wait for its end, or choose another with --output.");
        }
    }

    /// <summary>The next epoch is above all that were begun here before, so that sinks know a writer of an earlier run.</summary>
    /// <returns>The one before it.</returns>
    public long BeginEpoch(long above)
    {
        var buffer = new byte[32];
        _held.Position = 0;
        var read = _held.Read(buffer);
        var last = Math.Max(above, long.TryParse(Encoding.ASCII.GetString(buffer, 0, read).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var stored) ? stored : 0);
        _held.SetLength(0);
        _held.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last + 1}\n")));
        _held.Flush(flushToDisk: true);
        return last;
    }

    /// <summary>Lets go of it. Where nothing has begun in a folder that was made for it, as where no plan fits, nothing stays.</summary>
    public void Dispose()
    {
        var isUnused = _isNew && _held.Length == 0;
        _held.Dispose();
        if (!isUnused)
        {
            return;
        }

        try
        {
            File.Delete(Path.Combine(_folder, Mark));
            Directory.Delete(_folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Something else is in it by now: it stays.
        }
    }
}
