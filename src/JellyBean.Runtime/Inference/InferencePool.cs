using System.Collections.Immutable;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Inference;

/// <summary>The instances of one model on one worker: each a loaded variant with a thread of its own, fed from one ring.</summary>
/// <remarks>
/// An idle instance takes at once what waits, shared with other idle ones; while all are busy the next batch fills by itself.
/// The variant changes between batches: the new one is loaded by the caller, the old one is disposed by its thread.
/// </remarks>
internal sealed class InferencePool : IAsyncDisposable
{
    private readonly InferenceThread[] _threads;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _progress;
    private Action<Exception>? _fault;
    private int _sleeping;
    private int _running;
    private int _signalled;
    private int _untold;
    private volatile bool _flushing;
    private volatile Exception? _left;
    private readonly List<InferenceKernel> _kept = [];
    private volatile InferencePool? _heir;
    private bool _isClosed;
    private bool _started;

    /// <param name="name">The operator's name, for threads and messages.</param>
    /// <param name="kernels">One loaded variant per instance; the pool takes ownership.</param>
    /// <param name="options">How batches form.</param>
    /// <param name="meter">The stage's.</param>
    /// <param name="awaited">How many more instances there are, which begin when another pool hands its variants over by <see cref="Adopt"/>.</param>
    public InferencePool(string name, ImmutableArray<InferenceKernel> kernels, InferenceOptions options, StageMeter meter, int awaited = 0)
    {
        Name = name;
        Options = options;
        Meter = meter;
        var instances = kernels.Length + awaited;
        Pacing = new BatchPacing(options, instances);
        Ring = new InferenceRing(Pacing.Capacity);
        _threads = [.. Enumerable.Range(0, instances).Select(index => new InferenceThread(this, index < kernels.Length ? kernels[index] : null, index))];
    }

    public string Name { get; }

    public InferenceOptions Options { get; }

    public StageMeter Meter { get; }

    public InferenceRing Ring { get; }

    public BatchPacing Pacing { get; }

    /// <summary>The pool that goes on with the loaded variants when this one has stopped; null where there is none yet. They are disposed with this one then.</summary>
    /// <value>Where it has stopped already, for its sources have all ended, what it keeps passes on at once.</value>
    public InferencePool? Heir
    {
        get => _heir;
        set
        {
            lock (_gate)
            {
                _heir = value;
                _kept.RemoveAll(kernel => value?.Adopt(kernel) == true);
            }
        }
    }

    /// <summary>How many loaded variants an heir would get.</summary>
    public int Passable
    {
        get
        {
            lock (_gate)
            {
                return _kept.Count + _threads.Count(t => t.HasKernel && !t.HasEnded);
            }
        }
    }

    /// <summary>What its first instance runs; null while that waits for it.</summary>
    public string? Variant => _threads[0].Variant;

    /// <summary>How many instances there are.</summary>
    public int Instances => _threads.Length;

    /// <summary>Set when the pool stops: ends an emulated delay early.</summary>
    public ManualResetEventSlim Stopping => _stopping;

    /// <summary>Completes when all threads have ended, and all variants are disposed but those that an heir may still get.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Starts the threads.</summary>
    /// <param name="progress">Called by a thread when results are there that the stage was not told of.</param>
    /// <param name="fault">Called when a thread cannot go on.</param>
    public void Start(Action progress, Action<Exception> fault)
    {
        lock (_gate)
        {
            if (_started)
            {
                throw new InvalidOperationException($"The instances of '{Name}' already serve a stage, or are stopped.");
            }

            _started = true;
            _progress = progress;
            _fault = fault;
            _running = _threads.Length;
            Meter.Variant = Variant ?? Meter.Variant;
            Meter.Serves(_threads.Length, Ring.Oldest);
            foreach (var thread in _threads.Where(t => t.HasKernel))
            {
                thread.Start();
            }
        }
    }

    /// <summary>Goes on with a variant that another pool had loaded.</summary>
    /// <returns>Whether it takes ownership: false if no instance waits for one.</returns>
    public bool Adopt(InferenceKernel kernel)
    {
        lock (_gate)
        {
            if (_stopping.IsSet || Array.Find(_threads, t => !t.HasKernel) is not { } thread)
            {
                return false;
            }

            Meter.Variant = kernel.Variant;
            thread.Take(kernel);
            if (_started)
            {
                thread.Start();
            }

            return true;
        }
    }

    /// <summary>An instance has ended, and what it ran goes to the heir; where there is none yet, it is kept for one.</summary>
    /// <returns>Whether that took it.</returns>
    public bool Leave(InferenceKernel kernel)
    {
        lock (_gate)
        {
            if (_heir is { } heir)
            {
                return heir.Adopt(kernel);
            }

            if (!_isClosed)
            {
                _kept.Add(kernel);
            }

            return !_isClosed;
        }
    }

    /// <summary>Puts an element in. The stage's thread only.</summary>
    public void Add(Element element)
    {
        Ring.Add(element);

        // The write of the ring must be seen before the number of sleepers is read: see Sleep.
        Interlocked.MemoryBarrier();
        WakeOne();
    }

    /// <summary>No more elements come: nothing lingers.</summary>
    public void Flush()
    {
        _flushing = true;
        WakeAll();
    }

    /// <summary>The stage has looked at all results it was told of.</summary>
    public void Seen() => Interlocked.Exchange(ref _signalled, 0);

    /// <summary>A thread has answered elements: the stage is told, unless it has been told and has not looked yet.</summary>
    /// <remarks>
    /// While half a window waits, the stage is told of every quarter of one. Waking it takes a core from a model, and this adds at most a quarter of
    /// <see cref="InferenceOptions.Ahead"/> to elements that have queued for longer. Whatever waits is answered later, so nothing stays untold.
    /// </remarks>
    public void Answered(int elements)
    {
        var window = Pacing.Window;
        if (Interlocked.Add(ref _untold, elements) < window / 4 && Ring.Waiting(out _) >= window / 2)
        {
            return;
        }

        Volatile.Write(ref _untold, 0);
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _progress!();
        }
    }

    /// <summary>Ends the threads after their current batch.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_stopping.IsSet)
            {
                return;
            }

            _stopping.Set();
            WakeAll();

            // Nobody will start these now.
            _running = _started ? _running : _threads.Length;
            foreach (var thread in _threads.Where(t => !_started || !t.HasKernel).ToList())
            {
                thread.End(null);
            }

            _started = true;
        }
    }

    /// <summary>Puts other loaded variants in place of the present ones, each between two batches.</summary>
    /// <param name="kernels">One per instance, warmed up; the pool takes ownership.</param>
    /// <param name="retire">Takes each variant that is not used any more, on its instance's thread; they are disposed there unless given.</param>
    /// <returns>Completes when every instance runs its new variant, or a newer one that was given meanwhile.</returns>
    /// <exception cref="OperationCanceledException">The pool has stopped.</exception>
    public async Task SwapAsync(ImmutableArray<InferenceKernel> kernels, Action<InferenceKernel>? retire = null)
    {
        retire ??= static kernel => kernel.Dispose();
        if (kernels.Length != _threads.Length)
        {
            throw new ArgumentException($"'{Name}' has {_threads.Length} instances, but {kernels.Length} loaded variants were given. Load one per instance.", nameof(kernels));
        }

        Task[] swaps;
        lock (_gate)
        {
            // Two swaps at once must not leave some instances with one variant and some with the other.
            swaps = [.. _threads.Zip(kernels, (thread, kernel) => thread.Replace(kernel, retire))];
            WakeAll();
        }

        await Task.WhenAll(swaps).ConfigureAwait(false);
    }

    /// <summary>Claims the next batch for a thread; waits if there is none.</summary>
    /// <returns>How many elements; 0 when the thread should look around: it may have a new variant, or be stopping.</returns>
    public int Claim(InferenceThread thread, int maxBatch, out long from)
    {
        var size = Math.Min(Pacing.BatchSize, maxBatch);
        var waiting = Ring.Waiting(out var since);
        if (waiting > 0)
        {
            var left = waiting >= size || _flushing ? TimeSpan.Zero : Pacing.LingersOn(since);
            if (left <= TimeSpan.Zero)
            {
                // Idle instances share what waits: ceil(waiting / (this one + those asleep)).
                var sleeping = Volatile.Read(ref _sleeping);
                var count = Ring.Claim(Math.Clamp((waiting + sleeping) / (1 + sleeping), 1, size), out from);
                if (count < waiting)
                {
                    WakeOne();
                }

                return count;
            }

            Sleep(thread, left, waiting);
        }
        else
        {
            Sleep(thread, Timeout.InfiniteTimeSpan, waiting);
        }

        from = 0;
        return 0;
    }

    /// <summary>Ends the threads and waits until all variants are disposed.</summary>
    /// <remarks>The semaphores and the event hold no handle, and the stage may still signal them: they are left to the collector.</remarks>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        Stop();
        await Stopped.ConfigureAwait(false);
        foreach (var kernel in _kept)
        {
            kernel.Dispose();
        }
    }

    /// <summary>A thread has ended.</summary>
    /// <param name="cause">Why, if it should not have.</param>
    /// <param name="left">Why its variant could not be disposed, if it could not.</param>
    public void Ended(Exception? cause, Exception? left)
    {
        _left ??= left;
        if (cause is not null)
        {
            _fault!(cause);
        }

        if (Interlocked.Decrement(ref _running) > 0)
        {
            return;
        }

        if (_left is { } failure)
        {
            _stopped.TrySetException(failure);
        }
        else
        {
            _stopped.TrySetResult();
        }
    }

    /// <summary>Wakes an instance for an element, unless all are awake: those look before they sleep.</summary>
    private void WakeOne()
    {
        if (Volatile.Read(ref _sleeping) == 0)
        {
            return;
        }

        foreach (var thread in _threads)
        {
            if (thread.TryWake())
            {
                return;
            }
        }
    }

    private void WakeAll()
    {
        foreach (var thread in _threads)
        {
            thread.Wake();
        }
    }

    private void Sleep(InferenceThread thread, TimeSpan atMost, int seen)
    {
        thread.LieDown();
        Interlocked.Increment(ref _sleeping);

        // An element published before the increment was seen has woken nobody.
        if (Ring.Waiting(out _) <= seen)
        {
            thread.Sleep(atMost);
        }

        Interlocked.Decrement(ref _sleeping);
        thread.GetUp();
    }
}
