using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Truths;

/// <summary>A program's truth, whatever type of results it knows.</summary>
internal abstract class TruthAdapter
{
    /// <summary>The program's own object: one that is registered for several outputs takes the results of all of them.</summary>
    public abstract object Instance { get; }

    /// <inheritdoc cref="ITruth{T}.LessIsBetter" />
    public abstract IReadOnlyCollection<string> LessIsBetter { get; }

    /// <summary>A meter against a truth file.</summary>
    /// <exception cref="TruthException">The file cannot be used.</exception>
    public abstract TruthMeter Open(string path);

    /// <summary>A meter against the results of another run.</summary>
    /// <exception cref="TruthException">There are none, or they contradict each other.</exception>
    public abstract TruthMeter Agreement(IEnumerable<object> reference);

    /// <summary>Adapts a truth as the most general type of results that it knows, so that one object serves several outputs.</summary>
    public static TruthAdapter Of<T>(ITruth<T> truth)
        where T : notnull
    {
        var known = truth.GetType().GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ITruth<>))
            .Select(i => i.GetGenericArguments()[0])
            .First(results => results.IsAssignableFrom(typeof(T)));
        return (TruthAdapter)Activator.CreateInstance(typeof(TruthAdapter<>).MakeGenericType(known), truth)!;
    }
}

internal sealed class TruthAdapter<T>(ITruth<T> truth) : TruthAdapter
    where T : notnull
{
    public override object Instance => truth;

    public override IReadOnlyCollection<string> LessIsBetter => truth.LessIsBetter;

    public override TruthMeter Open(string path) => new Meter(truth.Open(path));

    public override TruthMeter Agreement(IEnumerable<object> reference) => new Meter(truth.Agreement([.. reference.Cast<T>()]));

    private sealed class Meter(IAccuracyMeter<T> meter) : TruthMeter
    {
        public override void Check(IReadOnlyDictionary<SourceId, long> whole) => meter.Check(whole);

        public override void Add(object result) => meter.Add((T)result);

        public override ImmutableArray<MetricValue> Measure(IReadOnlyDictionary<SourceId, long> offered) => meter.Measure(offered);
    }
}
