namespace JellyBean.Runtime.Snapshots;

/// <summary>Files that are there whole or not at all.</summary>
internal static class SnapshotFile
{
    /// <summary>Writes a file, which comes into being by a rename once its bytes are on the disk. Several may write the same one: the last stands.</summary>
    /// <exception cref="SnapshotException">It cannot be written.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var begun = $"{path}.{Guid.NewGuid():N}.begun";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var file = new FileStream(begun, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await write(file).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(begun, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Discard(begun);
            throw new SnapshotException($"'{path}' cannot be written: {cause.Message}", cause);
        }
        catch
        {
            Discard(begun);
            throw;
        }
    }

    /// <summary>Removes a folder with all that is in it.</summary>
    /// <exception cref="SnapshotException">It cannot be removed.</exception>
    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Where nodes share a disk, another one may have been faster.
            if (Directory.Exists(folder))
            {
                throw new SnapshotException($"'{folder}' cannot be removed: {cause.Message}", cause);
            }
        }
    }

    private static void Discard(string begun)
    {
        try
        {
            File.Delete(begun);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // What could not be written is said already; what is left goes with the folder it is in.
        }
    }
}
