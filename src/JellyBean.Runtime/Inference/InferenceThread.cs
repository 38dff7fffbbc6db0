using System.Diagnostics;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Inference;

/// <summary>One instance of a model: a loaded variant and the only thread that runs it.</summary>
internal sealed class InferenceThread
{
    private readonly InferencePool _pool;
    private readonly Thread _thread;
    private InferenceKernel _kernel;
    private Replacement? _replacement;
    private object[] _values = [];
    private object[] _results = [];

    public InferenceThread(InferencePool pool, InferenceKernel kernel, int index)
    {
        _pool = pool;
        _kernel = kernel;
        _thread = new Thread(Run) { IsBackground = true, Name = $"{pool.Name} {index}" };
    }

    public void Start() => _thread.Start();

    public void DisposeKernel() => _kernel.Dispose();

    /// <summary>Takes another loaded variant, to be used from the next batch on.</summary>
    /// <returns>Completes when it is in use and the old one is disposed.</returns>
    public Task Replace(InferenceKernel kernel)
    {
        var replacement = new Replacement(kernel);
        if (Interlocked.Exchange(ref _replacement, replacement) is { } overtaken)
        {
            overtaken.Kernel.Dispose();
            overtaken.Done.TrySetResult();
        }

        return replacement.Done.Task;
    }

    private void Run()
    {
        Exception? cause = null;
        try
        {
            while (!_pool.Stopping.IsSet)
            {
                TakeReplacement();
                var count = _pool.Claim(_kernel.MaxBatch, out var from);
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
        finally
        {
            _kernel.Dispose();
            if (Interlocked.Exchange(ref _replacement, null) is { } unused)
            {
                unused.Kernel.Dispose();
                unused.Done.TrySetCanceled();
            }

            _pool.Ended(cause);
        }
    }

    private void TakeReplacement()
    {
        if (Interlocked.Exchange(ref _replacement, null) is not { } replacement)
        {
            return;
        }

        var old = _kernel;
        _kernel = replacement.Kernel;
        old.Dispose();
        replacement.Done.TrySetResult();
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

        var answered = TryRun(from, count);
        Stretch(started);
        _pool.Meter.Ran(started, count, answered);
        _pool.Took(Stopwatch.GetTimestamp() - started, count);
        for (var i = 0; i < count; i++)
        {
            ring.Answer(from + i, _results[i]);
        }

        Array.Clear(_values, 0, count);
        Array.Clear(_results, 0, count);
        _pool.Signal();
    }

    private int TryRun(long from, int count)
    {
        try
        {
            _kernel.Run(_values.AsSpan(0, count), _results.AsSpan(0, count));
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
                _kernel.Run(_values.AsSpan(i, 1), _results.AsSpan(i, 1));
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

    /// <summary>Makes the batch take as long as on the emulated, slower machine.</summary>
    private void Stretch(long started)
    {
        var speed = _pool.Options.Speed;
        if (speed >= 1)
        {
            return;
        }

        var until = started + (long)((Stopwatch.GetTimestamp() - started) / speed);
        var whole = (int)((until - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency);
        if (whole > 0)
        {
            _pool.Stopping.Wait(whole);
        }

        var spin = default(SpinWait);
        while (Stopwatch.GetTimestamp() < until && !_pool.Stopping.IsSet)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private sealed record Replacement(InferenceKernel Kernel)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
