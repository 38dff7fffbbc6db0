using System.Diagnostics;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>A variant of one operator's model, loaded to be measured: load and warm-up time, memory, and the times of its runs.</summary>
internal sealed class VariantRun : IDisposable
{
    // Alone and beside others in turns, so that what comes and goes on the machine meets both.
    private const int Rounds = 4;

    // Of what is this short there are thousands of elements in a second: more would not tell more.
    private const int MostSamples = 4096;
    private static readonly TimeSpan WarmTime = TimeSpan.FromMilliseconds(300);

    private readonly InferenceKernel _kernel;
    private readonly IReadOnlyList<Sample> _samples;
    private readonly MessageSizer _sizer;
    private readonly CalibrationOptions _options;
    private readonly List<Func<object>> _good = [];

    private VariantRun(InferenceKernel kernel, IReadOnlyList<Sample> samples, MessageSizer sizer, CalibrationOptions options)
    {
        _kernel = kernel;
        _samples = samples;
        _sizer = sizer;
        _options = options;
    }

    public string Variant => _kernel.Variant;

    public long MemoryBytes => _kernel.MemoryBytes;

    public TimeSpan LoadTime { get; private set; }

    public TimeSpan WarmUpTime { get; private set; }

    /// <summary>Times of runs on an otherwise idle machine, by batch size.</summary>
    public SortedDictionary<int, ServiceSeries> Alone { get; } = [];

    /// <summary>Times of runs while the other cores were busy.</summary>
    public List<(int BatchSize, Neighbour Beside, ServiceSeries Times)> CoRunning { get; } = [];

    /// <summary>What failed, by batch size.</summary>
    public SortedDictionary<int, string> Failures { get; } = [];

    /// <summary>Answers to samples, as many as the time allowed, spread over all.</summary>
    public List<(Sample Sample, object Answer)> Answers { get; } = [];

    /// <summary>Whether it answered any sample.</summary>
    public bool IsAnswering => _good.Count > 0;

    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    public static async Task<VariantRun> LoadAsync(
        InferOperator op, IVariant variant, IReadOnlyList<Sample> samples, MessageSizer sizer, CalibrationOptions options, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var kernel = await op.LoadAsync(variant.Name, Device.OneCore, cancellationToken).ConfigureAwait(false);
        return new VariantRun(kernel, samples, sizer, options) { LoadTime = Stopwatch.GetElapsedTime(start) };
    }

    /// <summary>Measures one batch size after the other, as far as the time allows; single elements always.</summary>
    /// <param name="budget">How long it may take, and as long again to answer what is needed for the operators behind.</param>
    /// <param name="neighbours">What else may keep the other cores busy.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks>On a thread of its own.</remarks>
    public void Measure(TimeSpan budget, IReadOnlyList<Neighbour> neighbours, CancellationToken cancellationToken)
    {
        WarmUp(budget, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        if (_good.Count == 0)
        {
            return;
        }

        var sizes = _options.BatchSizes.Where(b => b <= _kernel.MaxBatch).ToList();
        for (var i = 0; i < sizes.Count; i++)
        {
            var left = budget - Stopwatch.GetElapsedTime(start);
            var size = sizes[i];

            // The first run of a size makes its buffers, so it does not count.
            var least = size == 1 ? 0 : Alone[1].Mean * size * (_options.FewestRuns + 1) * (1 + neighbours.Count);
            if (size > 1 && _options.MayLeaveOut && left.TotalMilliseconds <= least)
            {
                return;
            }

            Measure(size, left / (sizes.Count - i), neighbours, cancellationToken);
            if (size == 1 && Failures.ContainsKey(1))
            {
                // It answered these before: of what fails now and then no time can be told.
                return;
            }
        }
    }

    /// <summary>Answers every sample; null where it fails.</summary>
    public object?[] AnswerAll(CancellationToken cancellationToken)
    {
        var answers = new object?[_samples.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            answers[i] = TryAnswer(_samples[i].Value);
        }

        return answers;
    }

    public void Dispose() => _kernel.Dispose();

    /// <summary>
    /// Finds samples that it answers, spread over all: of those it fails on there is nothing to measure. Then goes on until its functions are compiled as they are for long runs. What consecutive elements lead up to is
    /// answered whole, as what remembers them behind the model is to see them.
    /// </summary>
    private void WarmUp(TimeSpan budget, CancellationToken cancellationToken)
    {
        var fewest = Math.Max(_options.LargestBatch, 4);
        var start = Stopwatch.GetTimestamp();
        var passages = 0;
        foreach (var passage in InSpreadOrder([.. _samples.GroupBy(s => (s.Source, s.Passage))]))
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            var isEnough = _good.Count >= fewest && (elapsed > budget || (passages >= _options.Passages && elapsed > budget / 4));
            if (isEnough || Answers.Count >= MostSamples)
            {
                break;
            }

            passages++;

            foreach (var sample in passage)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TakeIn(sample);
            }
        }

        var enough = budget / 4 < WarmTime ? budget / 4 : WarmTime;
        for (var i = 0; _good.Count > 0 && Stopwatch.GetElapsedTime(start) < enough; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TryAnswer(_good[i % _good.Count]());
        }
    }

    private void TakeIn(Sample sample)
    {
        object? answer = null;
        var ms = CoreClock.Time(() => answer = TryAnswer(sample.Value));
        if (WarmUpTime == TimeSpan.Zero)
        {
            WarmUpTime = TimeSpan.FromMilliseconds(ms);
            LoadTime += WarmUpTime;
        }

        if (answer is not null)
        {
            _good.Add(_sizer.Arrivals(sample.Value));
            Answers.Add((sample, answer));
        }
    }

    /// <summary>Each once, so that wherever one stops those before are spread over all: steps of the golden section.</summary>
    private static IEnumerable<T> InSpreadOrder<T>(IReadOnlyList<T> items)
    {
        var step = Math.Max(1, (int)Math.Round(items.Count * 0.618));
        while (System.Numerics.BigInteger.GreatestCommonDivisor(step, items.Count) > 1)
        {
            step++;
        }

        return Enumerable.Range(0, items.Count).Select(i => items[(int)((long)i * step % items.Count)]);
    }

    private object? TryAnswer(object value)
    {
        var answer = new object[1];
        try
        {
            _kernel.Run([value], answer);
            return answer[0];
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            Failures[1] = cause.Message;
            return null;
        }
    }

    private void Measure(int size, TimeSpan time, IReadOnlyList<Neighbour> neighbours, CancellationToken cancellationToken)
    {
        var alone = new ServiceSeries();
        var beside = neighbours.Select(n => (Neighbour: n, Times: new ServiceSeries())).ToList();
        var slice = time / (Rounds * (1 + neighbours.Count));
        var perRound = (int)Math.Ceiling((double)_options.FewestRuns / Rounds);
        var batch = new Batch(_kernel, _good, size);
        var pauses = new Pauses(cancellationToken);
        try
        {
            batch.Take();
            batch.Run();
            for (var round = 1; round <= Rounds; round++)
            {
                Fill(alone, perRound * round);
                foreach (var (neighbour, times) in beside)
                {
                    neighbour.Beside(() => Fill(times, perRound * round));
                }
            }
        }
        catch (Exception cause) when (cause is not (OutOfMemoryException or OperationCanceledException))
        {
            // A variant may fail on one batch size: the plan then has no such batch to choose.
            Failures[size] = cause.Message;
            return;
        }

        if (size == 1)
        {
            // It failed on some samples, but not on all.
            Failures.Remove(1);
        }

        Alone[size] = alone;
        CoRunning.AddRange(beside.Select(b => (size, b.Neighbour, b.Times)));

        void Fill(ServiceSeries series, int fewest)
        {
            var start = Stopwatch.GetTimestamp();
            while (series.Count < fewest || (series.RelativeError > _options.Precision && Stopwatch.GetElapsedTime(start) < slice))
            {
                cancellationToken.ThrowIfCancellationRequested();
                batch.Take();
                var ms = CoreClock.Time(batch.Run);
                series.Add(ms);
                pauses.After(ms);
            }
        }
    }

    /// <summary>Runs batches of a size, one after the other over the samples. In a run no element comes twice, so what a model is first to need of one is part of its time.</summary>
    private sealed class Batch(InferenceKernel kernel, List<Func<object>> samples, int size)
    {
        private readonly object[] _values = new object[size];
        private readonly object[] _results = new object[size];
        private int _next;

        public void Take()
        {
            for (var i = 0; i < size; i++)
            {
                _values[i] = samples[_next++ % samples.Count]();
            }
        }

        public void Run() => kernel.Run(_values, _results);
    }
}
