using System.Runtime.InteropServices;

namespace JellyBean.Runtime.Fragments;

/// <summary>Does work on a thread of its own that gets a core only where nobody else wants it, as far as the operating system knows priorities for threads.</summary>
/// <remarks>
/// Loading a model computes for tens to hundreds of milliseconds; the stages of the machine go before. On Linux a thread's niceness passes to the threads that it starts: to those that
/// native libraries and variants load with, too. It must not pass to threads of the pool, so the outcome is told by another thread, and work that uses the pool is not quiet.
/// </remarks>
internal static class QuietThread
{
    // The least urgent there is: beside a busy thread it gets 1.5 % of a core.
    private const int Niceness = 19;

    /// <summary>Runs <paramref name="work"/>, and waits for it, on a thread of its own.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="isQuiet">Whether nobody else's core is taken: only where the work starts no thread of the pool.</param>
    /// <param name="cancellationToken">Cancelled before it begins, it does not.</param>
    public static Task<T> RunAsync<T>(Func<Task<T>> work, bool isQuiet, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var teller = new Thread(() => Tell(work, isQuiet, done, cancellationToken)) { IsBackground = true, Name = "model loading" };
        teller.Start();
        return done.Task;
    }

    private static void Tell<T>(Func<Task<T>> work, bool isQuiet, TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        T? result = default;
        Exception? failure = null;
        var worker = new Thread(() =>
        {
            try
            {
                if (isQuiet)
                {
                    LowerPriority();
                }

                cancellationToken.ThrowIfCancellationRequested();

                // Its own thread: it may wait.
                result = work().GetAwaiter().GetResult();
            }
            catch (Exception cause)
            {
                failure = cause;
            }
        })
        { IsBackground = true, Name = "model loading, quiet", Priority = isQuiet ? ThreadPriority.Lowest : ThreadPriority.Normal };
        worker.Start();
        worker.Join();
        switch (failure)
        {
            case null:
                done.SetResult(result!);
                break;
            case OperationCanceledException:
                done.SetCanceled(cancellationToken.IsCancellationRequested ? cancellationToken : new CancellationToken(true));
                break;
            default:
                done.SetException(failure);
                break;
        }
    }

    private static void LowerPriority()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            // Of the calling thread, whatever the standard says of processes. May be refused; then it is only not quiet.
            _ = SetPriority(0, 0, Niceness);
        }
        catch (Exception cause) when (cause is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: as urgent as anything else, then.
        }
    }

    [DllImport("libc.so.6", EntryPoint = "setpriority", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
