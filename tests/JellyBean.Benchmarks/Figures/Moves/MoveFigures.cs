using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>An operator moves between two workers, over connections, again and again while elements come at a steady rate: what is lost, doubled, out of order or otherwise wrong, and how long nothing comes out.</summary>
internal static class MoveFigures
{
    private const int Moves = 100;
    private const int SlowMoves = 20;
    private const double FramesPerSecond = 15;
    private const double SightingsPerSecond = 100;

    // Models and connections are warm then, and the collector has settled.
    private const int WarmMoves = 20;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(150);

    // As many as moves need to be told apart from what a busy machine does by itself.
    private static readonly TimeSpan Control = TimeSpan.FromSeconds(10);

    public static Figure Stateless { get; } = new(
        "move.stateless", ["wrong", "moves", "gap-p99-ms"], "0 wrong (against the reference interpreter); gap in excess of the control's p99 ≤ 100 ms; 1000 as an argument for all",
        size => MeasureAsync(MovedFlow.DetectorAsync, FramesPerSecond, (int)(size ?? Moves)));

    public static Figure Keyed { get; } = new(
        "move.keyed", ["wrong", "moves", "gap-p99-ms"], "0 wrong (against the reference interpreter); gap in excess of the control's p99 ≤ 250 ms with 1 MB of state; 1000 as an argument for all",
        size => MeasureAsync(MovedFlow.TrackerAsync, SightingsPerSecond, (int)(size ?? Moves)));

    private static async Task<FigureValue> MeasureAsync(Func<double, Func<bool>, Task<MovedFlow>> make, double perSecond, int moves)
    {
        var near = await MeasureAsync(make, perSecond, moves, null);
        var far = await MeasureAsync(make, perSecond, Math.Min(moves, SlowMoves), new SlowLine(TimeSpan.FromMilliseconds(20), 10e6));
        return new FigureValue([near.Wrong + far.Wrong, moves, near.GapP99]);
    }

    private static async Task<(long Wrong, double GapP99)> MeasureAsync(Func<double, Func<bool>, Task<MovedFlow>> make, double perSecond, int moves, SlowLine? line)
    {
        var (gate, hubs) = (new WorkerId("gate"), new[] { new WorkerId("hub-1"), new WorkerId("hub-2") });
        var isOver = false;
        var flow = await make(perSecond, () => Volatile.Read(ref isOver));
        var (workflow, sink) = (flow.Bindings.Workflow, flow.Sink);
        await using var run = new MovingPlanes(flow.Bindings, [gate, .. hubs], line);
        await run.MoveAsync(PlanOf(0));

        // What compiles and connects at first is no part of what a move costs.
        await Task.Delay(Control / 2);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(Control);
        var control = Percentile(sink.Gaps(began, Stopwatch.GetTimestamp()), 0.99);

        var (gaps, prepared, took, memory) = (new List<double>(), new List<double>(), new List<double>(), new List<(double Managed, double Resident)>());
        for (var i = 1; i <= moves; i++)
        {
            var from = Stopwatch.GetTimestamp();
            var next = await run.PrepareAsync(PlanOf(i));
            prepared.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            from = Stopwatch.GetTimestamp();
            await run.TakeOverAsync(next);
            took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            await Task.Delay(Between);
            gaps.Add(Math.Max(0, sink.Gaps(from, Stopwatch.GetTimestamp()).Max() - control));
            if (i == Math.Min(WarmMoves, moves) || i == moves)
            {
                memory.Add((GC.GetTotalMemory(forceFullCollection: true) / 1024.0, Environment.WorkingSet / 1024.0));
            }
        }

        Volatile.Write(ref isOver, true);
        await run.FinishAsync();
        var expected = await flow.ExpectedAsync();
        var wrong = Wrong(expected, sink.Values);
        var grown = moves - Math.Min(WarmMoves, moves);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {(line is null ? "connections on loopback" : $"through a relay: {line.Delay.TotalMilliseconds:0} ms and {line.BitsPerSecond / 1e6:0} Mbit/s each way")}: {moves} moves, {expected.Count} elements at {perSecond}/s, {wrong} wrong; control gap p99 {control:0.0} ms; gap in excess p50 {Percentile(gaps, 0.5):0.0}, p99 {Percentile(gaps, 0.99):0.0}, max {gaps.Max():0.0} ms"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    prepared p50 {Percentile(prepared, 0.5):0.0} ms, p99 {Percentile(prepared, 0.99):0.0} ms; taken over p50 {Percentile(took, 0.5):0.0} ms, p99 {Percentile(took, 0.99):0.0} ms; memory from move {Math.Min(WarmMoves, moves)} to {moves}: managed {memory[0].Managed / 1024:0.0} to {memory[^1].Managed / 1024:0.0} MiB, resident {memory[0].Resident / 1024:0} to {memory[^1].Resident / 1024:0} MiB{(grown > 0 ? $", {(memory[^1].Managed - memory[0].Managed) / grown:0.00} KiB managed per move" : "")}"));
        return (wrong, Percentile(gaps, 0.99));

        Plan PlanOf(int move) => Plans.Of(
            workflow,
            [.. flow.Bindings.Sources.Keys.Select(s => (s, gate))],
            op => [new Instance { Worker = op is OutputOperator ? gate : hubs[move % 2] }],
            variant: _ => flow.Variant ?? throw new InvalidOperationException("There is no model."),
            epoch: move + 1);
    }

    /// <summary>Results of a key that are missing, too many, changed or out of order.</summary>
    private static long Wrong(IReadOnlyList<Counted> expected, IReadOnlyList<Counted> actual)
    {
        var got = actual.ToLookup(r => r.Key);
        var wanted = expected.ToLookup(r => r.Key);
        return wanted.Sum(want => want.Zip(got[want.Key]).LongCount(pair => pair.First != pair.Second) + Math.Abs(want.Count() - got[want.Key].Count()))
            + actual.LongCount(r => !wanted.Contains(r.Key));
    }

    private static double Percentile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
