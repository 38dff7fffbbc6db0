using System.Collections.Immutable;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Inference;

/// <summary>Loaded variants of one operator that are not in use, each with as many instances as the operator has: what is here can be swapped in at once.</summary>
/// <remarks>Thread-safe. Nothing is loaded or disposed on the caller's thread. What does not fit into the memory that is allowed is not kept.</remarks>
/// <param name="instances">Of the operator.</param>
/// <param name="mostBytes">Most that the shelf may hold.</param>
/// <param name="load">Loads all instances of a variant.</param>
internal sealed class VariantShelf(int instances, long mostBytes, Func<string, CancellationToken, Task<ImmutableArray<InferenceKernel>>> load) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<string, ImmutableArray<InferenceKernel>> _loaded = [];

    // Instances of a variant come back one by one, each when its thread is between two batches.
    private readonly Dictionary<string, ImmutableArray<InferenceKernel>> _returning = [];
    private ImmutableArray<string> _wanted = [];
    private Task _filling = Task.CompletedTask;
    private Task _lettingGo = Task.CompletedTask;
    private bool _isClosed;

    /// <summary>What can be taken at once, by name.</summary>
    public ImmutableArray<string> Ready
    {
        get
        {
            lock (_gate)
            {
                return [.. _loaded.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Takes a variant, loaded; the caller takes ownership.</summary>
    /// <exception cref="Workflows.Models.ModelLoadException">It cannot be loaded.</exception>
    public async Task<ImmutableArray<InferenceKernel>> TakeAsync(string variant, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_loaded.Remove(variant, out var kernels))
            {
                return kernels;
            }
        }

        return await load(variant, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says what should be here, the most urgent first: the rest is let go.</summary>
    public void Want(ImmutableArray<string> variants)
    {
        lock (_gate)
        {
            _wanted = variants;
            foreach (var unwanted in _loaded.Keys.Where(v => !variants.Contains(v)).ToList())
            {
                LetGo(_loaded[unwanted]);
                _loaded.Remove(unwanted);
            }
        }
    }

    /// <summary>Loads in the background what should be here and is not, as far as there is room.</summary>
    public void Fill()
    {
        lock (_gate)
        {
            _filling = _isClosed || _wanted.All(_loaded.ContainsKey) ? _filling : FillAsync(_filling);
        }
    }

    /// <summary>Takes back an instance that is not used any more. Quick: its thread has elements waiting.</summary>
    public void Return(InferenceKernel kernel)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                LetGo([kernel]);
                return;
            }

            var back = _returning.GetValueOrDefault(kernel.Variant, []).Add(kernel);
            if (back.Length < instances)
            {
                _returning[kernel.Variant] = back;
                return;
            }

            _returning.Remove(kernel.Variant);
            Keep(kernel.Variant, back);
        }
    }

    /// <summary>Lets go of everything; what comes back later is let go, too.</summary>
    /// <exception cref="Exception">Something could not be disposed; the rest is.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task lettingGo;
        lock (_gate)
        {
            LetGo([.. _loaded.Values.Concat(_returning.Values).SelectMany(k => k)]);
            _loaded.Clear();
            _returning.Clear();
            lettingGo = _lettingGo;
        }

        await lettingGo.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task FillAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var failed = new HashSet<string>(StringComparer.Ordinal);
        while (Missing(failed) is { } variant)
        {
            try
            {
                var kernels = await load(variant, _closing.Token).ConfigureAwait(false);
                lock (_gate)
                {
                    // What does not fit now is not tried again before something else is wanted.
                    if (!Keep(variant, kernels))
                    {
                        failed.Add(variant);
                    }
                }
            }
            catch (Exception) when (!_closing.IsCancellationRequested)
            {
                // Whoever asks for it is told why when it is to run.
                failed.Add(variant);
            }
        }
    }

    private string? Missing(HashSet<string> failed)
    {
        lock (_gate)
        {
            return _isClosed ? null : _wanted.FirstOrDefault(v => !_loaded.ContainsKey(v) && !failed.Contains(v));
        }
    }

    private bool Keep(string variant, ImmutableArray<InferenceKernel> kernels)
    {
        var held = _loaded.Values.SelectMany(k => k).Sum(k => k.MemoryBytes);
        if (_isClosed || !_wanted.Contains(variant) || _loaded.ContainsKey(variant) || held + kernels.Sum(k => k.MemoryBytes) > mostBytes)
        {
            LetGo(kernels);
            return false;
        }

        _loaded.Add(variant, kernels);
        return true;
    }

    // Disposing frees memory, which takes as long as it takes: not on a thread that elements wait for.
    private void LetGo(ImmutableArray<InferenceKernel> kernels) => _lettingGo = Task.WhenAll(_lettingGo, Task.Run(() =>
    {
        foreach (var kernel in kernels)
        {
            kernel.Dispose();
        }
    }));
}
