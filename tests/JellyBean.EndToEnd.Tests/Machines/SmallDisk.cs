using System.Diagnostics;

namespace JellyBean.EndToEnd.Tests.Machines;

/// <summary>A disk of its own that is soon full: a file system in memory, of a given size. Needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Block = 4096;
    private static readonly Lazy<string?> Missing = new(TryOut);

    /// <param name="size">As mount takes it, as in <c>1m</c>.</param>
    public SmallDisk(string size) => Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Folder);

    /// <summary>Why this computer cannot have one; null if it can.</summary>
    public static string? WhyNot => Missing.Value;

    public string Folder { get; } = Directory.CreateTempSubdirectory("jellybean-disk-").FullName;

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Takes all that is left.</summary>
    public void Fill()
    {
        using var file = File.OpenHandle(Filler, FileMode.Append, FileAccess.Write);
        try
        {
            for (var at = RandomAccess.GetLength(file); ; at += Block)
            {
                RandomAccess.Write(file, new byte[Block], at);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' has failed: {error.Trim()}");
        }
    }

    private static string? TryOut()
    {
        try
        {
            using var disk = new SmallDisk("64k");
            return null;
        }
        catch (Exception cause) when (cause is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"A disk of its own needs root: {cause.Message}";
        }
    }
}
