using System.Globalization;
using JellyBean.Benchmarks.Figures.Adaptation;
using JellyBean.Benchmarks.Figures.Links;
using JellyBean.Benchmarks.Figures.Moves;
using JellyBean.Benchmarks.Figures.Video;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>
/// <c>figure --list</c> and <c>figure ID [size] [--truth FILE]</c>. The last line is the id and its numbers, or the id and <c>inconclusive</c>, or the id and
/// <c>skipped</c> where the machine has not what it needs.
/// </summary>
internal static class FigureCommand
{
    private static IReadOnlyList<Figure> All(string? truth) =>
    [
        EngineOverhead.Figure,
        EngineHop.Figure,
        EngineAlloc.Figure,
        EngineClip.Figure,
        EngineSoak.Figure,
        SwapVariant.Figure,
        StepFigures.Goodput,
        StepFigures.Misses,
        StepFigures.Flaps,
        ReplanFigures.Cost,
        ReplanFigures.Link,
        ReplanFigures.Bandwidth,
        ProfileRepeat.Figure,
        PlanTruthFigure.Figure,
        PlannerCells.Golden,
        PlannerSaving.Figure,
        PlannerCells.Time,
        PlannerFleets.Hundred,
        PlannerFleets.Thousand,
        PlannerFleets.Quick,
        PlannerReplan.Figure,
        LinkFigures.Throughput,
        LinkFigures.Latency,
        LinkFigures.StreamRef,
        LinkFigures.Alloc,
        LinkCut.Figure,
        LinkFuzzFigure.Figure,
        TrackingMota.FigureFor(truth),
        MoveFigures.Stateless,
        MoveFigures.Keyed,
        TransitionFaults.Figure,
        VideoFigures.Eight,
        VideoHostile.Figure,
        VideoFigures.Resume,
        VideoReconnect.Figure,
        VideoChurn.Figure,
        VideoFigures.Overload,
        VideoFigures.Malformed,
        ClusterIdle.Figure,
        ClusterKill.Worker,
        ClusterKill.Coordinator,
        ClusterKill.Vanish,
        ClusterUplink.Figure,
        ClusterHeartbeat.Figure,
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var (truth, rest) = args is [.. var before, "--truth", var file] ? (file, before) : (null, args);
        var figures = All(truth);
        switch (rest)
        {
            case ["--list"]:
                foreach (var figure in figures)
                {
                    Console.WriteLine($"{figure.Id} {string.Join(' ', figure.Columns)}  ({figure.Holds})");
                }

                return 0;
            case [var id] when Find(figures, id) is { } figure:
                return await PrintAsync(figure, null);
            case [var id, var size] when Find(figures, id) is { } figure && double.TryParse(size, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0:
                return await PrintAsync(figure, number);
            default:
                Console.Error.WriteLine($"'figure {string.Join(' ', args)}' is not understood. Use: figure --list, or figure ID [size above zero] [--truth FILE], with ID one of {string.Join(", ", figures.Select(f => f.Id))}.");
                return 2;
        }
    }

    private static Figure? Find(IReadOnlyList<Figure> figures, string id) => figures.FirstOrDefault(f => f.Id == id);

    private static async Task<int> PrintAsync(Figure figure, double? size)
    {
        Console.WriteLine($"{figure.Id}: {string.Join(", ", figure.Columns)}. Must hold: {figure.Holds}.");
        Console.WriteLine($"Machine: {Environment.ProcessorCount} cores, load {Load()}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}.");
        FigureValue value;
        try
        {
            value = await figure.MeasureAsync(size);
        }
        catch (TruthException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }

        if (value.Skipped is { } reason)
        {
            Console.WriteLine(reason);
            Console.WriteLine($"{figure.Id} skipped");
            return 0;
        }

        var numbers = string.Join(' ', value.Numbers.Select(n => n.ToString("0.####", CultureInfo.InvariantCulture)));
        Console.WriteLine(value.IsConclusive ? "" : $"The machine was too noisy to tell; measured: {numbers}.");
        Console.WriteLine(value.IsConclusive ? $"{figure.Id} {numbers}" : $"{figure.Id} inconclusive");
        return 0;
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
