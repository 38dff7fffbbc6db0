using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Calibration;

/// <summary>What an operator made of its samples, and how long each took.</summary>
/// <param name="pauses">Between elements; null where it only warms up.</param>
internal sealed class OperatorRun(Pauses? pauses)
{
    private readonly List<int> _counts = [];

    // Results that belong to no element alone.
    private int _spans;

    /// <summary>Elements taken, without those that only lead up to what is measured.</summary>
    public int Taken => _counts.Count;

    /// <summary>Results for each element taken; 0 where none was.</summary>
    public double ResultsPerElement => Taken > 0 ? (_counts.Sum() + _spans) / (double)Taken : 0;

    /// <summary>Its results, to all elements.</summary>
    public List<Sample> Results { get; } = [];

    /// <summary>How long each element took.</summary>
    public ServiceSeries Times { get; } = new();

    /// <summary>Variance of the results for each element taken.</summary>
    public double ResultsVariance => Taken > 0 ? _counts.Average(c => (double)c * c) - Math.Pow(_counts.Average(), 2) : 0;

    /// <summary>The elements that were divided; empty unless it divides.</summary>
    public List<PartGroup> Groups { get; } = [];

    public static OperatorRun Stateless(StatelessOperator op, IReadOnlyList<Sample> samples, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        var results = new List<object>();
        foreach (var sample in samples)
        {
            run.Measure(
                sample,
                () =>
                {
                    results.Clear();
                    op.Apply(sample.Value, results);
                },
                () => run.Results.AddRange(results.Select(r => sample with { Value = r })));
        }

        return run;
    }

    public static OperatorRun Merge(IReadOnlyList<Sample> samples, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        foreach (var sample in samples)
        {
            run.Measure(sample, () => { }, () => run.Results.Add(sample));
        }

        return run;
    }

    public static OperatorRun Expand(ExpandOperator op, IReadOnlyList<Sample> samples, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        foreach (var sample in samples)
        {
            var parts = new List<object>();
            object? kept = null;
            run.Measure(
                sample,
                () => kept = op.Split(sample.Value, parts),
                () =>
                {
                    var group = new PartGroup(sample, kept!, parts.Count);
                    run.Groups.Add(group);
                    run.Results.AddRange(parts.Select((part, i) => sample with { Value = part, Group = group, Part = i }));
                });
        }

        return run;
    }

    public static OperatorRun Regroup(RegroupOperator op, IReadOnlyList<PartGroup> groups, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        foreach (var group in groups.Where(g => g.Answers.All(a => a is not null)))
        {
            object? result = null;
            run.Measure(group.Whole, () => result = op.Combine(group.Kept, group.Answers!), () => run.Results.Add(group.Whole with { Value = result! }));
        }

        return run;
    }

    /// <summary>Each passage of consecutive elements begins with no state, as between two of them much is missing.</summary>
    public static OperatorRun Process(ProcessOperator op, IReadOnlyList<Sample> samples, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        var states = new Dictionary<(int Passage, string Key), object>();
        var results = new List<object>();
        foreach (var sample in samples.OrderBy(s => s.Passage).ThenBy(s => s.EventTicks))
        {
            run.Measure(
                sample,
                () =>
                {
                    results.Clear();
                    var key = (sample.Passage, op.KeyOf(sample.Value));
                    if (!states.TryGetValue(key, out var state))
                    {
                        states[key] = state = op.CreateState();
                    }

                    op.Step(state, sample.Value, results);
                },
                () => run.Results.AddRange(results.Select(r => sample with { Value = r })));
        }

        return run;
    }

    /// <summary>Pairs by time and key. Late elements, which are few, are not treated apart.</summary>
    public static OperatorRun Join(JoinOperator op, IReadOnlyList<Sample> left, IReadOnlyList<Sample> right, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        var partners = new Dictionary<(bool IsRight, string Key), Queue<Sample>>();
        var results = new List<object>();
        var both = left.Select(s => (IsRight: false, Sample: s)).Concat(right.Select(s => (IsRight: true, Sample: s))).OrderBy(s => s.Sample.EventTicks);
        foreach (var (isRight, sample) in both)
        {
            run.Measure(
                sample,
                () =>
                {
                    results.Clear();
                    var key = op.KeyOf(isRight, sample.Value);
                    PartnersOf(isRight, key).Enqueue(sample);
                    var others = PartnersOf(!isRight, key);
                    while (others.TryPeek(out var oldest) && sample.EventTicks - oldest.EventTicks > op.Within.Ticks)
                    {
                        others.Dequeue();
                    }

                    foreach (var other in others)
                    {
                        if (op.TryJoin(isRight ? other.Value : sample.Value, isRight ? sample.Value : other.Value, out var joined))
                        {
                            results.Add(joined!);
                        }
                    }
                },
                () => run.Results.AddRange(results.Select(r => sample with { Value = r })));
        }

        return run;

        Queue<Sample> PartnersOf(bool isRight, string key)
        {
            if (!partners.TryGetValue((isRight, key), out var queue))
            {
                partners[(isRight, key)] = queue = new Queue<Sample>();
            }

            return queue;
        }
    }

    /// <summary>All elements count here: those that lead up to what is measured are in the same spans.</summary>
    public static OperatorRun Window(WindowOperator op, IReadOnlyList<Sample> samples, Pauses? pauses)
    {
        var run = new OperatorRun(pauses);
        var spans = new SortedDictionary<(long Start, string Key), List<Sample>>();
        foreach (var sample in samples.OrderBy(s => s.EventTicks))
        {
            run.Measure(
                sample with { IsLeadIn = false },
                () =>
                {
                    var key = op.KeyOf(sample.Value);
                    foreach (var start in StartsAround(sample.EventTicks, op.Window))
                    {
                        if (!spans.TryGetValue((start, key), out var span))
                        {
                            spans[(start, key)] = span = [];
                        }

                        span.Add(sample);
                    }
                },
                () => { });
        }

        foreach (var ((start, key), span) in spans)
        {
            object? result = null;
            var time = new WindowSpan(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(start + op.Window.Size.Ticks, TimeSpan.Zero));
            var ms = CoreClock.Time(() => result = op.Aggregate(key, time, [.. span.Select(s => s.Value)]));
            run.Results.Add(span[^1] with { Value = result!, EventTicks = time.End.Ticks - 1, IsLeadIn = false });
            run._spans++;

            // The span's time, spread over its elements: a plan counts elements.
            run.Times.Add(ms / span.Count);
        }

        return run;
    }

    private static IEnumerable<long> StartsAround(long ticks, Window window)
    {
        var sinceEpoch = ticks - DateTime.UnixEpoch.Ticks;
        for (var start = sinceEpoch - (((sinceEpoch % window.Slide.Ticks) + window.Slide.Ticks) % window.Slide.Ticks);
             start > sinceEpoch - window.Size.Ticks;
             start -= window.Slide.Ticks)
        {
            yield return start + DateTime.UnixEpoch.Ticks;
        }
    }

    private void Measure(Sample sample, Action action, Action keep)
    {
        double ms;
        try
        {
            ms = CoreClock.Time(action);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            // An element that fails is isolated and counted when the workflow runs; here it only gives no figure.
            return;
        }

        var before = Results.Count;
        keep();
        pauses?.After(ms);
        if (!sample.IsLeadIn)
        {
            Times.Add(ms);
            _counts.Add(Results.Count - before);
        }
    }
}
