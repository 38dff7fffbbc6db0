using JellyBean.Planning.Profiles;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>Keeps the machine's other cores busy with a variant, while it is let.</summary>
internal sealed class Neighbour : IDisposable
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromMinutes(1);

    private readonly List<(InferenceKernel Kernel, Thread Thread)> _others = [];
    private readonly ManualResetEventSlim _gate = new();
    private volatile bool _isDone;

    private Neighbour(VariantChoice choice) => Choice = choice;

    /// <summary>What keeps them busy.</summary>
    public VariantChoice Choice { get; }

    /// <summary>Cores that are kept busy.</summary>
    public int Cores => _others.Count;

    /// <summary>Loads a variant once for each core but one.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="variant">Its variant.</param>
    /// <param name="value">What it is asked again and again; it must have answered it before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    public static async Task<Neighbour> LoadAsync(InferOperator op, string variant, object value, CancellationToken cancellationToken)
    {
        var neighbour = new Neighbour(new VariantChoice(op.Id, variant));
        try
        {
            for (var core = 1; core < Environment.ProcessorCount; core++)
            {
                var kernel = await op.LoadAsync(variant, Device.OneCore, cancellationToken).ConfigureAwait(false);
                var thread = new Thread(() => neighbour.Work(kernel, value)) { IsBackground = true, Name = $"neighbour {variant}" };
                neighbour._others.Add((kernel, thread));
                thread.Start();
            }

            return neighbour;
        }
        catch
        {
            neighbour.Dispose();
            throw;
        }
    }

    /// <summary>Does something while the other cores are busy.</summary>
    public void Beside(Action action)
    {
        _gate.Set();
        try
        {
            action();
        }
        finally
        {
            _gate.Reset();
        }
    }

    public void Dispose()
    {
        _isDone = true;
        _gate.Set();
        foreach (var (kernel, thread) in _others)
        {
            // A thread that does not come back still uses its kernel, which then must not be freed.
            if (thread.Join(StopDeadline))
            {
                kernel.Dispose();
            }
        }

        _gate.Dispose();
    }

    private void Work(InferenceKernel kernel, object value)
    {
        var results = new object[1];
        while (true)
        {
            _gate.Wait();
            if (_isDone)
            {
                return;
            }

            try
            {
                kernel.Run([value], results);
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                // It answered before; one that fails now and then is busy all the same.
                continue;
            }
        }
    }
}
