using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Testing;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>A workflow with every kind of operator, inputs and plans for it, and what the reference interpreter makes of them.</summary>
internal static class Oracle
{
    public static readonly Input<Reading> Readings = new("readings") { AllowedLateness = TimeSpan.FromSeconds(2) };
    public static readonly Output<string> Sums = new("sums");
    public static readonly Output<string> Pairs = new("pairs");
    public static readonly Output<string> Spans = new("spans");
    public static readonly Output<string> Merged = new("merged");

    private static readonly Model<int, int> Square = Model.Define<int, int>(
        "square", [new FakeVariant<int, int>("square-fake", SquareOf), new FakeVariant<int, int>("square-other", SquareOf)]);
    private static readonly Model<int, string> Digit = Model.Define<int, string>("digit", [new FakeVariant<int, string>("digit-fake", DigitOf, maxBatch: 3)]);

    private static readonly KeyedState<Counter> Counting = new(
        () => new Counter(), c => BitConverter.GetBytes(c.Sum), bytes => new Counter { Sum = BitConverter.ToInt32(bytes.Span) }, 1);

    public static readonly Workflow All = Workflow.Define("all", w =>
    {
        var squared = w.From(Readings)
            .Infer(Square, r => r.Value, (r, square) => r with { Value = square });
        var (even, odd) = squared.Branch("even", r => r.Value % 2 == 0);
        var grouped = even
            .InferMany(Digit, r => r.Value.ToString(CultureInfo.InvariantCulture).Select(c => c - '0'), r => r, (r, digits) => (Reading: r, Text: string.Concat(digits)));
        var flat = odd.SelectMany(r => Enumerable.Range(0, r.Value % 4).Select(i => (Reading: r, Text: $"o{i}")));
        var merged = grouped.Merge("both", flat);
        merged.Select(m => $"{m.Reading.Source}:{m.Text}").To(Merged);
        merged.KeyBy(m => m.Reading.Source)
            .Process("count", Counting, (state, m) => Step(state, m.Reading, m.Text))
            .To(Sums);
        squared.KeyBy(r => (r.Value % 3).ToString(CultureInfo.InvariantCulture))
            .JoinWithin("close", squared.KeyBy(r => (r.Value % 3).ToString(CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(3),
                (a, b) => string.CompareOrdinal(a.Source, b.Source) < 0, (a, b) => $"{a}|{b}", LatePolicy.Admit)
            .To(Pairs);
        squared.Unpartitioned()
            .Window("windows", Window.Sliding(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2)), (_, span, rs) => $"{span.Start.ToUnixTimeSeconds()}:{rs.Sum(r => r.Value)}")
            .To(Spans);
    });

    private static readonly Gen<ImmutableArray<Reading>> SomeReadings =
        Gen.Select(Gen.Int[0, 13], Gen.Int[-3, 20], Gen.Int[0, 40]).Array[0, 40].Select((items) =>
        {
            var at = 0;
            return items.Select(i => new Reading("?", i.Item1, at += Math.Max(-4, i.Item2 / 4), i.Item3 == 0)).ToImmutableArray();
        });

    public static readonly Gen<OracleCase> Case = Gen.Select(
        SomeReadings.Array[1, 3],
        Gen.Int[1, 3],
        Gen.Int[1, 4],
        Gen.Int[1, 5],
        Gen.Int[0, int.MaxValue],
        (sources, workers, parallelism, batch, seed) => new OracleCase(
            [.. sources.Select((readings, s) => readings.Select(r => r with { Source = $"s{s}" }).ToImmutableArray())], workers, parallelism, batch, seed));

    public static WorkflowTestRun Interpret(OracleCase test)
    {
        var oracle = new WorkflowTest(All).Stub(Square, SquareOf).Stub(Digit, DigitOf);
        foreach (var (readings, s) in test.Sources.Select((r, s) => (r, s)))
        {
            foreach (var reading in readings)
            {
                oracle = reading.IsBad
                    ? oracle.FeedBad(Readings, TimeSpan.FromSeconds(reading.At), "broken", $"s{s}")
                    : oracle.Feed(Readings, TimeSpan.FromSeconds(reading.At), reading, $"s{s}");
            }
        }

        return oracle.Run();
    }

    public static void AssertSame(WorkflowTestRun expected, Output<string> output, IReadOnlyList<Result<string>> actual)
    {
        // Order is promised per source only.
        static string SourceOf(Result<string> result) => result.Id.TrimStart('(').Split('#')[0];
        var want = expected.ResultsWithIds(output).ToList();
        if (output.Name is "sums" or "merged")
        {
            Assert.Equal(
                want.GroupBy(SourceOf).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g),
                actual.GroupBy(SourceOf).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g));
        }

        Assert.Equal(want.OrderBy(r => r.Id, StringComparer.Ordinal), actual.OrderBy(r => r.Id, StringComparer.Ordinal));
    }

    public static SourceItem<Reading> Item(Reading reading) => reading.IsBad
        ? SourceItem<Reading>.Bad("broken", DateTimeOffset.UnixEpoch.AddSeconds(reading.At))
        : new SourceItem<Reading>(reading, DateTimeOffset.UnixEpoch.AddSeconds(reading.At));

    private static int SquareOf(int x) => x == 7 ? throw new InvalidOperationException("seven") : x * x;

    private static string DigitOf(int x) => x == 9 ? throw new InvalidOperationException("nine") : $"d{x}";

    private static IEnumerable<string> Step(Counter state, Reading reading, string text)
    {
        state.Sum += reading.Value;
        for (var i = 0; i < reading.Value % 3; i++)
        {
            yield return $"{reading.Source}:{state.Sum}:{text}:{i}";
        }
    }

    internal sealed record Reading(string Source, int Value, int At, bool IsBad);

    internal sealed class Counter
    {
        public int Sum { get; set; }
    }
}
