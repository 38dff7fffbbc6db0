using System.Diagnostics;
using System.Globalization;

namespace JellyBean.EndToEnd.Tests.Machines;

/// <summary>Lets a process believe that it is another time of the day: its calls for that are answered by a small library, which the compiler makes here. Timers and what measures intervals are as they are, as on a machine whose clock was set wrong.</summary>
internal sealed class SkewedClock : IDisposable
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long skew(void) { const char *seconds = getenv("CLOCK_SKEW"); return seconds ? atol(seconds) : 0; }

        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += skew();
            return result;
        }

        int gettimeofday(struct timeval *now, void *zone)
        {
            struct timespec precise;
            int result = clock_gettime(CLOCK_REALTIME, &precise);
            now->tv_sec = precise.tv_sec;
            now->tv_usec = precise.tv_nsec / 1000;
            return result;
        }

        time_t time(time_t *now)
        {
            struct timespec precise;
            clock_gettime(CLOCK_REALTIME, &precise);
            if (now) *now = precise.tv_sec;
            return precise.tv_sec;
        }
        """;

    private static readonly Lazy<string?> Missing = new(TryOut);

    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-clock-").FullName;

    public SkewedClock()
    {
        File.WriteAllText(Path.Combine(_folder, "clock.c"), Source);
        using var compiler = Process.Start(new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O1", "-o", Library, Path.Combine(_folder, "clock.c")]) { RedirectStandardError = true })!;
        var error = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException(error);
        }
    }

    /// <summary>Why clocks cannot be set wrong on this computer; null if they can.</summary>
    public static string? WhyNot => Missing.Value;

    private string Library => Path.Combine(_folder, "clock.so");

    /// <summary>What a command is put behind so that its clock is wrong.</summary>
    public IReadOnlyList<string> By(TimeSpan skew) => ["env", $"LD_PRELOAD={Library}", string.Create(CultureInfo.InvariantCulture, $"CLOCK_SKEW={(long)skew.TotalSeconds}")];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? TryOut()
    {
        try
        {
            using var clock = new SkewedClock();
            return null;
        }
        catch (Exception cause) when (cause is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"A clock can be set wrong only where gcc is: {cause.Message}";
        }
    }
}
