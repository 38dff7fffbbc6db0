using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>An operator moves between two workers, over links of the network, again and again while elements come at a steady rate: what is lost, doubled or out of order, and how long nothing comes out.</summary>
internal static class MoveFigures
{
    private const int Moves = 100;
    private const int Keys = 8;
    private const int StateBytes = 1 << 20;
    private const double PerSecond = 250;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(400);

    // As many as moves need to be told apart from what a busy machine does by itself.
    private static readonly TimeSpan Control = TimeSpan.FromSeconds(10);

    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<Counted> Out = new("out");
    private static readonly Model<int, int> Model = Workflows.Models.Model.Define<int, int>("model", [new BusyVariant()]);

    private static readonly KeyedState<Track> Tracks = new(
        () => new Track(new byte[StateBytes / Keys]), t => t.ToBytes(), Track.Of, 1);

    public static Figure Stateless { get; } = new(
        "move.stateless", ["wrong", "moves", "gap-p99-ms"], "0 wrong (lost, doubled or out of order); gap in excess of the control's p99 ≤ 100 ms",
        size => MeasureAsync(Workflow.Define("stateless", w => w.From(Numbers).Infer(Model, n => n, (n, _) => new Counted(n, n, 0)).To(Out)), (int)(size ?? Moves)));

    public static Figure Keyed { get; } = new(
        "move.keyed", ["wrong", "moves", "gap-p99-ms"], "0 wrong (lost, doubled, out of order or of another state); gap in excess of the control's p99 ≤ 250 ms with 1 MB of state",
        size => MeasureAsync(
            Workflow.Define("keyed", w => w.From(Numbers).KeyBy(n => (n % Keys).ToString(CultureInfo.InvariantCulture)).Process("tracker", Tracks, IEnumerable<Counted> (track, n) => [track.Advance(n)]).To(Out)),
            (int)(size ?? Moves)));

    private static async Task<FigureValue> MeasureAsync(Workflow workflow, int moves)
    {
        var (gate, hubs) = (new WorkerId("gate"), new[] { new WorkerId("hub-1"), new WorkerId("hub-2") });
        var (sink, isOver) = (new ArrivalSink(), false);
        var source = new OpenLoopNumbers(PerSecond, () => Volatile.Read(ref isOver));
        var bindings = new Runtime.WorkflowBindings(workflow).With(Numbers, "all", () => source).With(Out, () => sink);
        await using var run = new MovingPlanes(bindings, [gate, .. hubs]);
        await run.MoveAsync(PlanOf(0));
        await Task.Delay(Control);
        var control = Percentile(sink.Gaps(0, long.MaxValue), 0.99);

        var gaps = new List<double>();
        var took = new List<double>();
        for (var i = 1; i <= moves; i++)
        {
            var prepared = await run.PrepareAsync(PlanOf(i));
            var began = Stopwatch.GetTimestamp();
            await run.TakeOverAsync(prepared);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(Between);
            gaps.Add(Math.Max(0, sink.Gaps(began, Stopwatch.GetTimestamp()).Max() - control));
        }

        Volatile.Write(ref isOver, true);
        await run.FinishAsync();
        var wrong = Wrong(sink.Values, source.Given, workflow.Name == "keyed");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {source.Given} elements at {PerSecond}/s; control gap p99 {control:0.0} ms; gap in excess p50 {Percentile(gaps, 0.5):0.0} ms, max {gaps.Max():0.0} ms; taken over p50 {Percentile(took, 0.5):0.0} ms, p99 {Percentile(took, 0.99):0.0} ms"));
        return new FigureValue([wrong, moves, Percentile(gaps, 0.99)]);

        Plan PlanOf(int epoch) => Plans.Of(
            workflow, [(SourceId.Of("numbers", "all"), gate)], op => [new Instance { Worker = op is OutputOperator ? gate : hubs[epoch % 2] }], epoch: epoch + 1);
    }

    /// <summary>Compares with what one undisturbed pass gives.</summary>
    private static long Wrong(IReadOnlyList<Counted> values, int given, bool isKeyed)
    {
        var seen = new int[given];
        var (wrong, sums, last) = (0L, new long[Keys], Enumerable.Repeat(-1, Keys).ToArray());
        foreach (var value in values)
        {
            seen[value.Number]++;
            var key = value.Number % Keys;
            wrong += value.Number <= last[key] ? 1 : 0;
            last[key] = Math.Max(last[key], value.Number);
            sums[key] += value.Number;
            wrong += isKeyed && value.Sum != sums[key] ? 1 : 0;
        }

        return wrong + seen.Sum(times => Math.Abs(times - 1L));
    }

    private static double Percentile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Count) - 1, 0, sorted.Count - 1)];
    }

    /// <summary>A key's state: what it counted, and as many bytes as a tracker of many objects would hold.</summary>
    private sealed class Track(byte[] body)
    {
        private long _sum;

        public static Track Of(ReadOnlyMemory<byte> bytes) => new(bytes[sizeof(long)..].ToArray()) { _sum = BitConverter.ToInt64(bytes.Span) };

        public byte[] ToBytes() => [.. BitConverter.GetBytes(_sum), .. body];

        public Counted Advance(int number)
        {
            _sum += number;
            body[number % body.Length]++;
            return new Counted(number, _sum, body[number % body.Length]);
        }
    }
}

/// <summary>A model that takes a millisecond, as a small one does.</summary>
internal sealed class BusyVariant() : Variant<int, int>("busy")
{
    public override int MaxBatch => 8;

    public override Task<LoadedVariant<int, int>> LoadAsync(Device device, CancellationToken cancellationToken) => Task.FromResult<LoadedVariant<int, int>>(new Loaded());

    private sealed class Loaded : LoadedVariant<int, int>
    {
        public override long MemoryBytes => 0;

        public override void Run(ReadOnlySpan<int> batch, Span<int> results)
        {
            var began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began).TotalMilliseconds < batch.Length)
            {
                Thread.SpinWait(50);
            }

            batch.CopyTo(results);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>A result: which number, and what the state said.</summary>
internal sealed record Counted(int Number, long Sum, int Visits);
