using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The example's plan beside its run, the whole clip paced at the planned rate: the largest relative error of throughput and utilisations.</summary>
internal static class PlanTruthFigure
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(9);

    public static Figure Figure { get; } = new(
        "plan.truth",
        ["largest-relative-error"],
        "at most 0.15: throughput and utilisation of each stage and worker as predicted, on an unloaded machine",
        _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var before = ObtainedCores.Measure();
        var folder = Directory.CreateTempSubdirectory("plan-truth-").FullName;
        try
        {
            using var answer = JsonDocument.Parse(await RunAsync(["run", "--pace", "--recalibrate", "--json", "--output", folder]));
            var errors = new List<double>();
            foreach (var p in answer.RootElement.GetProperty("predictions").EnumerateArray())
            {
                var quantity = p.GetProperty("quantity").GetString()!;
                var error = p.GetProperty("relativeError") is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.PositiveInfinity;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {quantity} {p.GetProperty("of").GetString()}: {p.GetProperty("predicted").GetDouble():0.###} predicted, {p.GetProperty("measured").GetDouble():0.###} measured, error {error:0.000}"));
                if (quantity is "throughput/s" or "utilisation")
                {
                    errors.Add(error);
                }
            }

            var after = ObtainedCores.Measure();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  part of the cores obtained: {before:0.00} before, {after:0.00} after"));
            return new FigureValue([errors.Max()], IsConclusive: Math.Min(before, after) >= ObtainedCores.Unloaded);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string[] arguments)
    {
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        using var process = Process.Start(new ProcessStartInfo(host, ["exec", Path.Combine(AppContext.BaseDirectory, "PedestrianTracking.dll"), .. arguments]) { RedirectStandardOutput = true })!;
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"The example ended with code {process.ExitCode}; its messages are above.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
