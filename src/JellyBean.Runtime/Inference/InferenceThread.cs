using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Inference;

/// <summary>One instance of a model: a loaded variant and the only thread that runs it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore holds no handle, and may be released after the thread has ended: it is left to the collector.")]
internal sealed class InferenceThread
{
    private readonly InferencePool _pool;
    private readonly Thread _thread;
    private readonly Lock _gate = new();

    // Each thread has its own: of a shared one, a thread that wakes up could take what was meant for another.
    private readonly SemaphoreSlim _wake = new(0);
    private int _isAsleep;
    private InferenceKernel? _kernel;
    private volatile Replacement? _replacement;
    private bool _hasEnded;
    private long _owed;
    private object[] _values = [];
    private object[] _results = [];

    /// <param name="pool">Whose it is.</param>
    /// <param name="kernel">What it runs; null if another pool hands it over later.</param>
    /// <param name="index">Which of the pool's.</param>
    public InferenceThread(InferencePool pool, InferenceKernel? kernel, int index)
    {
        _pool = pool;
        _kernel = kernel;
        _thread = new Thread(Run) { IsBackground = true, Name = $"{pool.Name} {index}" };
    }

    /// <summary>Whether it has what it runs.</summary>
    public bool HasKernel => Volatile.Read(ref _kernel) is not null;

    /// <summary>Whether it runs nothing any more.</summary>
    public bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>What it runs; null while it waits for it.</summary>
    public string? Variant => Volatile.Read(ref _kernel)?.Variant;

    public void Start() => _thread.Start();

    /// <summary>Takes what it runs. Once, before it starts.</summary>
    public void Take(InferenceKernel kernel) => Volatile.Write(ref _kernel, kernel);

    /// <summary>Makes it look around: now, or instead of its next sleep.</summary>
    public void Wake() => _wake.Release();

    /// <summary>Wakes it if it sleeps and nobody has woken it yet.</summary>
    public bool TryWake()
    {
        if (Interlocked.CompareExchange(ref _isAsleep, 0, 1) == 0)
        {
            return false;
        }

        _wake.Release();
        return true;
    }

    /// <summary>From here on it can be woken: look once more before <see cref="Sleep"/>. Its own thread only, as the next two.</summary>
    public void LieDown() => Volatile.Write(ref _isAsleep, 1);

    /// <summary>Sleeps until it is woken. May wake up for no reason.</summary>
    public void Sleep(TimeSpan atMost) => _wake.Wait(WholeMilliseconds(atMost));

    /// <summary>A wait's length: the system waits whole milliseconds, and one cut to none would only spin until the rest is over.</summary>
    public static int WholeMilliseconds(TimeSpan wait) => (int)Math.Ceiling(wait.TotalMilliseconds);

    public void GetUp() => Volatile.Write(ref _isAsleep, 0);

    /// <summary>Takes another loaded variant, to be used from the next batch on.</summary>
    /// <param name="kernel">The variant.</param>
    /// <param name="retire">Takes what is not used any more, on this thread, between two batches; it must not take long.</param>
    /// <returns>Completes when it or a later one is in use and the old one is retired; is cancelled if the thread ends before.</returns>
    public Task Replace(InferenceKernel kernel, Action<InferenceKernel> retire)
    {
        var replacement = new Replacement(kernel, retire);
        Replacement? overtaken;
        lock (_gate)
        {
            if (_hasEnded)
            {
                kernel.Dispose();
                replacement.Done.SetCanceled();
                return replacement.Done.Task;
            }

            (overtaken, _replacement) = (_replacement, replacement);
        }

        if (overtaken is not null)
        {
            overtaken.Retire(overtaken.Kernel);
            overtaken.Done.TrySetResult();
        }

        return replacement.Done.Task;
    }

    /// <summary>Hands on or disposes what it has loaded, and tells the pool. Its own thread, or whoever makes sure that it never starts.</summary>
    /// <param name="cause">Why it ends, if it should not.</param>
    public void End(Exception? cause)
    {
        Replacement? unused;
        lock (_gate)
        {
            _hasEnded = true;
            (unused, _replacement) = (_replacement, null);
        }

        // Whatever a variant throws here must not take the process down with the thread.
        Exception? left = null;
        foreach (var kernel in new[] { _kernel, unused?.Kernel }.OfType<InferenceKernel>())
        {
            try
            {
                if (cause is not null || kernel != _kernel || !_pool.Leave(kernel))
                {
                    kernel.Dispose();
                }
            }
            catch (Exception failure)
            {
                left ??= failure;
            }
        }

        unused?.Done.TrySetCanceled();
        _pool.Ended(cause, left);
    }

    private void Run()
    {
        Exception? cause = null;
        try
        {
            while (!_pool.Stopping.IsSet)
            {
                TakeReplacement();
                var count = _pool.Claim(this, _kernel!.MaxBatch, out var from);
                if (count > 0)
                {
                    RunBatch(from, count);
                }
            }
        }
        catch (Exception unexpected)
        {
            cause = unexpected;
        }

        End(cause);
    }

    private void TakeReplacement()
    {
        if (_replacement is null)
        {
            return;
        }

        Replacement replacement;
        lock (_gate)
        {
            (replacement, _replacement) = (_replacement!, null);
        }

        var old = _kernel!;
        _kernel = replacement.Kernel;
        _pool.Meter.Variant = _kernel.Variant;
        try
        {
            replacement.Retire(old);
            replacement.Done.TrySetResult();
        }
        catch (Exception failure)
        {
            // The new one runs; whoever asked for the swap is told what the old one left behind.
            replacement.Done.TrySetException(failure);
        }
    }

    private void RunBatch(long from, int count)
    {
        if (_values.Length < count)
        {
            _values = new object[count];
            _results = new object[count];
        }

        var started = Stopwatch.GetTimestamp();
        var ring = _pool.Ring;
        for (var i = 0; i < count; i++)
        {
            var (element, arrivedAt) = ring[from + i];
            _values[i] = element.Value;
            _pool.Meter.Waited(arrivedAt, started);
        }

        var work = _pool.Meter.Begin();
        var answered = TryRun(from, count);
        var busy = _pool.Meter.Elapsed(work);
        _pool.Meter.Ran(busy + Stretch(busy), count, answered);
        Watch(count);
        _pool.Pacing.Took(Stopwatch.GetTimestamp() - started, count);
        for (var i = 0; i < count; i++)
        {
            ring.Answer(from + i, _results[i]);
        }

        Array.Clear(_values, 0, count);
        Array.Clear(_results, 0, count);
        _pool.Answered(count);
    }

    private void Watch(int count)
    {
        if (_pool.Meter.Proxy is { } proxy)
        {
            for (var i = 0; i < count; i++)
            {
                if (_results[i] is { } result)
                {
                    proxy.Answered(_kernel!.Variant, result);
                }
            }
        }
    }

    private int TryRun(long from, int count)
    {
        try
        {
            _kernel!.Run(_values.AsSpan(0, count), _results.AsSpan(0, count));
            return count;
        }
        catch (Exception cause)
        {
            Array.Clear(_results, 0, count);
            if (count == 1)
            {
                _pool.Meter.Failed(_pool.Ring[from].Element.Lineage, cause);
                return 0;
            }
        }

        // Somebody in the batch is bad: alone, only that one fails.
        var answered = 0;
        for (var i = 0; i < count; i++)
        {
            try
            {
                _kernel!.Run(_values.AsSpan(i, 1), _results.AsSpan(i, 1));
                answered++;
            }
            catch (Exception cause)
            {
                _results[i] = null!;
                _pool.Meter.Failed(_pool.Ring[from + i].Element.Lineage, cause);
            }
        }

        return answered;
    }

    /// <summary>Makes a batch take as long as on the emulated, slower machine, which would have had a core all the time.</summary>
    /// <returns>Ticks that it waited.</returns>
    private long Stretch(long busy)
    {
        var speed = _pool.Options.Speed;
        if (speed >= 1)
        {
            return 0;
        }

        // Waits are whole milliseconds: what a short batch owes is paid with those after it.
        _owed += (long)(busy * ((1 / speed) - 1));
        var whole = (int)(_owed * 1000 / Stopwatch.Frequency);
        if (whole <= 0)
        {
            return 0;
        }

        var began = Stopwatch.GetTimestamp();
        _pool.Stopping.Wait(whole);
        var waited = Stopwatch.GetTimestamp() - began;
        _owed -= waited;
        return waited;
    }

    private sealed record Replacement(InferenceKernel Kernel, Action<InferenceKernel> Retire)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
