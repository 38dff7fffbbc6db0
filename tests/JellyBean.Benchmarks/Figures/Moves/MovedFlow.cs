using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using JellyBean.Benchmarks.Figures.Adaptation;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Testing;
using JellyBean.Vision;
using JellyBean.Vision.Appearance;
using JellyBean.Vision.Detection;
using JellyBean.Vision.Payloads;
using JellyBean.Vision.Tracking;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures.Moves;

/// <summary>A workflow whose middle operator moves, what feeds it, and what the reference interpreter says of that.</summary>
/// <param name="Bindings">Source and sink.</param>
/// <param name="Variant">Of its model; null where it has none.</param>
/// <param name="Sink">Where results come.</param>
/// <param name="ExpectedAsync">The results of one undisturbed pass over all that was given.</param>
internal sealed record MovedFlow(WorkflowBindings Bindings, string? Variant, ArrivalSink Sink, Func<Task<IReadOnlyList<Counted>>> ExpectedAsync)
{
    private const string Detector = "nanodet-160";
    private const int Cameras = 8;
    private const int DistinctFrames = 60;

    // A tracker of a dozen people is some kilobytes; with this, all cameras' together are what the figure says.
    private const int StateBytes = 1 << 20;

    private static readonly Output<Counted> Out = new("out");
    private static readonly Model<Frame, IReadOnlyList<Box>> Model = Workflows.Models.Model.Define("detector", NanoDet.Variants([160], int8: false));

    private static readonly KeyedState<LargeTracker> State = new(() => new LargeTracker(TrackerState.Create()), t => t.ToBytes(), LargeTracker.Of, 1);

    /// <summary>A detector that finds people in frames of the example's clip.</summary>
    public static async Task<MovedFlow> DetectorAsync(double perSecond, Func<bool> isOver)
    {
        var (frames, input, sink) = (await Frames.ReadAsync(DistinctFrames), new Input<Frame>("frames"), new ArrivalSink());
        var workflow = Workflow.Define("stateless", w => w.From(input).Infer(Model, (frame, boxes) => Counted.Of("all", frame.Number, Text(boxes))).To(Out));
        var source = new RepeatedSource<Frame>(perSecond, number => frames[number % frames.Count] is var f ? new Frame(f.Camera, number, f.CapturedAt, f.Picture) : throw new InvalidOperationException(), isOver);
        return new MovedFlow(
            new WorkflowBindings(workflow).With(input, source.Name, () => source).With(Out, () => sink).With(MessageSizer.Empty.With(new FrameCodec())),
            Detector,
            sink,
            async () => (await new WorkflowTest(workflow).UseVariant(Model, Detector).FeedAll(input, source.Again()).RunAsync()).Results(Out));
    }

    /// <summary>The example's tracker, one for each of eight cameras, on what its detector and embedder see in its clip.</summary>
    public static async Task<MovedFlow> TrackerAsync(double perSecond, Func<bool> isOver)
    {
        var (seen, input, sink) = (await SightingsAsync(), new Input<Sighting>("sightings"), new ArrivalSink());
        var workflow = Workflow.Define("keyed", w => w.From(input).KeyBy(s => s.Camera).Process("tracker", State, IEnumerable<Counted> (tracker, s) => [tracker.Advance(s)]).To(Out));
        var source = new RepeatedSource<Sighting>(perSecond, number => Of(seen, number), isOver);
        return new MovedFlow(
            new WorkflowBindings(workflow).With(input, source.Name, () => source).With(Out, () => sink),
            null,
            sink,
            async () => (await new WorkflowTest(workflow).FeedAll(input, source.Again()).RunAsync()).Results(Out));
    }

    private static Sighting Of(IReadOnlyList<Sighting> seen, int number)
    {
        // Cameras in turn, each going through the clip again and again while its time goes on.
        var (camera, frame) = (number % Cameras, number / Cameras);
        return seen[(frame + (camera * 7)) % seen.Count] with
        {
            Camera = string.Create(CultureInfo.InvariantCulture, $"camera-{camera}"),
            Number = frame,
            CapturedAt = DateTimeOffset.UnixEpoch.AddSeconds(frame / 10.0),
        };
    }

    private static async Task<IReadOnlyList<Sighting>> SightingsAsync()
    {
        var (frames, input, output) = (await Frames.ReadAsync(DistinctFrames), new Input<Frame>("frames"), new Output<Sighting>("sightings"));
        var embedder = Workflows.Models.Model.Define("embedder", StripeHistogram.Variants(3));
        var workflow = Workflow.Define("seen", w => w
            .From(input)
            .Infer(Model, (frame, boxes) => new Seen(frame, boxes))
            .InferMany(embedder, parts: s => s.Crops(), keep: s => s.WithoutPixels(), (sighting, looks) => sighting with { Looks = looks })
            .To(output));
        var given = 0;
        var source = new RepeatedSource<Frame>(10, number => frames[number], () => given++ >= frames.Count);
        await foreach (var _ in source.ReadAsync(0, CancellationToken.None))
        {
        }

        return (await new WorkflowTest(workflow).UseVariant(Model, Detector).UseVariant(embedder, embedder.Variants[0].Name).FeedAll(input, source.Again()).RunAsync()).Results(output);
    }

    private static string Text(IEnumerable<Box> boxes) =>
        string.Join(' ', boxes.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.X:R},{b.Y:R},{b.Width:R},{b.Height:R}")));

    /// <summary>A camera's tracker with as much beside it as makes the state of all cameras a megabyte.</summary>
    private sealed class LargeTracker(TrackerState tracker)
    {
        public static LargeTracker Of(ReadOnlyMemory<byte> bytes) => new(TrackerState.Restore(bytes[..BitConverter.ToInt32(bytes.Span[^sizeof(int)..])]));

        public byte[] ToBytes()
        {
            var state = tracker.Snapshot();
            var bytes = new byte[Math.Max(StateBytes / Cameras, state.Length + sizeof(int))];
            state.CopyTo(bytes, 0);
            BitConverter.TryWriteBytes(bytes.AsSpan()[^sizeof(int)..], state.Length);
            return bytes;
        }

        public Counted Advance(Sighting sighting)
        {
            var tracks = tracker.Advance(sighting);
            return Counted.Of(sighting.Camera, sighting.Number, string.Join(';', tracks.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Track}:{t.Box.X:R},{t.Box.Y:R},{t.Box.Width:R},{t.Box.Height:R}"))));
        }
    }
}

/// <summary>A result.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Number">Which of its elements.</param>
/// <param name="Value">A digest of all that was found.</param>
internal sealed record Counted(string Key, long Number, long Value)
{
    /// <param name="key">Whose.</param>
    /// <param name="number">Which of its elements.</param>
    /// <param name="found">All that was found, kept as a digest: what results take must not hide what moves do.</param>
    public static Counted Of(string key, long number, string found) => new(key, number, BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(found))));
}
