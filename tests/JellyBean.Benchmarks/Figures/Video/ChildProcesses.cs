using System.Globalization;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>Processes that this one has begun.</summary>
internal static class ChildProcesses
{
    // Clock ticks of /proc, which are a hundred per second on every Linux.
    private const double TicksPerSecond = 100;

    /// <summary>Processor time of this process and of its living ffmpeg children, seconds.</summary>
    public static double CpuSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds + Stats().Where(s => s.Name == "ffmpeg").Sum(s => s.Ticks) / TicksPerSecond;

    /// <summary>How many ffmpeg children live.</summary>
    public static int Decoders() => Stats().Count(s => s.Name == "ffmpeg");

    /// <summary>How many files, pipes and sockets this process holds open, by kind; of files, by path. Libraries and their symbols are left out: they are loaded when they are first needed, and stay.</summary>
    public static IReadOnlyDictionary<string, int> Handles() =>
        Directory.GetFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget ?? "").Where(t => t.Length > 0 && !t.EndsWith(".dll", StringComparison.Ordinal) && !t.EndsWith(".pdb", StringComparison.Ordinal)).CountBy(KindOf).ToDictionary();

    // As in socket:[4711], or /proc/12/task/34/schedstat.
    private static string KindOf(string target) => !target.StartsWith('/') ? target.Split(":[")[0] : target.StartsWith("/proc/", StringComparison.Ordinal) ? Path.GetFileName(target) : target;

    private static IEnumerable<(string Name, double Ticks)> Stats()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
                continue;
            }

            var end = text.LastIndexOf(')');
            var fields = text[(end + 2)..].Split(' ');
            if (fields[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            {
                yield return (text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end], double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture));
            }
        }
    }
}
