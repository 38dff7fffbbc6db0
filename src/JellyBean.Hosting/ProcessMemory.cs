using System.Runtime.InteropServices;

namespace JellyBean.Hosting;

/// <summary>Keeps the native memory of a process that runs for weeks from growing with the number of threads it ever had.</summary>
/// <remarks>
/// glibc gives threads arenas of their own, up to eight for each core, and an arena keeps what its threads once needed. Decoders and models allocate natively on whichever
/// thread comes by, so that memory creeps up for as long as new threads meet large pictures: 7 % in half an hour of two cameras, none with an arena for each core.
/// <c>MALLOC_ARENA_MAX</c> in the environment goes first.
/// </remarks>
internal static class ProcessMemory
{
    private const string Variable = "MALLOC_ARENA_MAX";

    // M_ARENA_MAX of glibc's malloc.h.
    private const int ArenaMax = -8;

    /// <summary>Limits the arenas to one for each core, at least two. To be called first: arenas that there are stay. Does nothing where the C library is another.</summary>
    public static void LimitArenas()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is not null)
        {
            return;
        }

        try
        {
            _ = SetMallocOption(ArenaMax, Math.Max(2, Environment.ProcessorCount));
        }
        catch (Exception cause) when (cause is DllNotFoundException or EntryPointNotFoundException)
        {
            // Not glibc: its arenas are not there either.
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mallopt", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetMallocOption(int option, int value);
}
