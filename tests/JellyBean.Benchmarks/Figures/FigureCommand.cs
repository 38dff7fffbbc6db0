using System.Globalization;

namespace JellyBean.Benchmarks.Figures;

/// <summary><c>figure --list</c> and <c>figure ID [size]</c>. The last line is the id and its numbers, or the id and <c>inconclusive</c>.</summary>
internal static class FigureCommand
{
    private static readonly IReadOnlyList<Figure> All =
    [
        EngineOverhead.Figure,
        EngineHop.Figure,
        EngineAlloc.Figure,
        EngineClip.Figure,
        EngineSoak.Figure,
        ProfileRepeat.Figure,
        PlanTruthFigure.Figure,
        PlannerCells.Golden,
        PlannerSaving.Figure,
        PlannerCells.Time,
        PlannerFleets.Hundred,
        PlannerFleets.Thousand,
        PlannerReplan.Figure,
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["--list"]:
                foreach (var figure in All)
                {
                    Console.WriteLine($"{figure.Id} {string.Join(' ', figure.Columns)}  ({figure.Holds})");
                }

                return 0;
            case [var id] when Find(id) is { } figure:
                return await PrintAsync(figure, null);
            case [var id, var size] when Find(id) is { } figure && double.TryParse(size, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0:
                return await PrintAsync(figure, number);
            default:
                Console.Error.WriteLine($"'figure {string.Join(' ', args)}' is not understood. Use: figure --list, or figure ID [size above zero], with ID one of {string.Join(", ", All.Select(f => f.Id))}.");
                return 2;
        }
    }

    private static Figure? Find(string id) => All.FirstOrDefault(f => f.Id == id);

    private static async Task<int> PrintAsync(Figure figure, double? size)
    {
        Console.WriteLine($"{figure.Id}: {string.Join(", ", figure.Columns)}. Must hold: {figure.Holds}.");
        Console.WriteLine($"Machine: {Environment.ProcessorCount} cores, load {Load()}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}.");
        var value = await figure.MeasureAsync(size);
        var numbers = string.Join(' ', value.Numbers.Select(n => n.ToString("0.####", CultureInfo.InvariantCulture)));
        Console.WriteLine(value.IsConclusive ? "" : $"The machine was too noisy to tell; measured: {numbers}.");
        Console.WriteLine(value.IsConclusive ? $"{figure.Id} {numbers}" : $"{figure.Id} inconclusive");
        return 0;
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
