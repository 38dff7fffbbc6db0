using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting;

/// <summary>What a run was planned to do and what it did.</summary>
public sealed record RunSummary
{
    /// <summary>The workflow.</summary>
    public required Workflow Workflow { get; init; }

    /// <summary>The plan that was in force, and what is known of its quality.</summary>
    public required PlanningResult Planning { get; init; }

    /// <summary>The plan that was in force.</summary>
    public Plan Plan => Planning.Plan!;

    /// <summary>The machines that it was planned for.</summary>
    public required InfrastructureCatalogue Catalogue { get; init; }

    /// <summary>What the meters showed at the end.</summary>
    public required RunReport Report { get; init; }

    /// <summary>Whether it was asked to stop before its sources had ended; what was admitted by then is processed all the same.</summary>
    public required bool WasStopped { get; init; }

    /// <summary>The folder for what the run writes.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Elements per second, over all sources, that the plan was made for.</summary>
    public double PlannedRate => Plan.Sources.Sum(s => s.Rate);

    /// <summary>Elements per second, over all sources, at which the plan's first bottleneck is busy all the time: what it can do if sources wait for it.</summary>
    public required double PredictedRate { get; init; }

    /// <summary>Elements of sources processed per second.</summary>
    public double MeasuredRate => Report.ProcessedPerSecond;

    /// <summary>Price per hour of what the run used: the plan's machines, whole, and what crossed links.</summary>
    public double MeasuredCostPerHour => Plan.Cost.ComputePerHour + MeasuredNetworkPerHour;

    /// <summary>Price per hour of the bytes that crossed links, at the pace at which they did.</summary>
    public double MeasuredNetworkPerHour
    {
        get
        {
            var seconds = Report.Elapsed.TotalSeconds;
            var network = from fragment in Report.Fragments
                          from link in fragment.Links
                          let crossed = Catalogue.LinkBetween(Catalogue.TierOf(fragment.Worker), Catalogue.TierOf(link.ToWorker))
                          select ServiceTable.NetworkPerHour(link.Bytes / seconds, crossed);
            return seconds > 0 ? network.Sum() : 0;
        }
    }

    /// <summary>Whether sources gave their elements at the planned rate, rather than as fast as they were taken.</summary>
    public bool IsPaced { get; init; }

    /// <summary>What the plan said, beside what the run showed.</summary>
    public ImmutableArray<Prediction> Predictions { get; init; } = [];

    /// <summary>How the results are held against the truth, by metric; empty where none was given.</summary>
    public ImmutableSortedDictionary<string, double> Accuracy { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>What became of each source's elements, by the shortest name that tells sources apart: the source's own, else with its input.</summary>
    public ImmutableSortedDictionary<string, SourceProgress> Sources
    {
        get
        {
            var sources = Report.Sources;
            var isUnique = sources.DistinctBy(s => ShortName(s.Source)).Count() == sources.Length;
            return sources.ToImmutableSortedDictionary(s => isUnique ? ShortName(s.Source) : s.Source.Value, s => s, StringComparer.Ordinal);
        }
    }

    private static string ShortName(SourceId source) => source.Value[(source.Value.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
