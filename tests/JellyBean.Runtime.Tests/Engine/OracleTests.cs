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

/// <summary>Whatever the plan, the engine's results, their ids and what failed equal the reference interpreter's.</summary>
public sealed class OracleTests
{
    private static readonly Input<Reading> Readings = new("readings") { AllowedLateness = TimeSpan.FromSeconds(2) };
    private static readonly Output<string> Sums = new("sums");
    private static readonly Output<string> Pairs = new("pairs");
    private static readonly Output<string> Spans = new("spans");
    private static readonly Output<string> Merged = new("merged");

    private static readonly Model<int, int> Square = Model.Define<int, int>("square", [new FakeVariant<int, int>("square-fake", SquareOf)]);
    private static readonly Model<int, string> Digit = Model.Define<int, string>("digit", [new FakeVariant<int, string>("digit-fake", DigitOf, maxBatch: 3)]);

    private static readonly KeyedState<Counter> Counting = new(
        () => new Counter(), c => BitConverter.GetBytes(c.Sum), bytes => new Counter { Sum = BitConverter.ToInt32(bytes.Span) }, 1);

    private static readonly Workflow All = Workflow.Define("all", w =>
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

    [Fact]
    public async Task Engine_any_plan_and_input_equals_the_reference_interpreter()
    {
        await Case.SampleAsync(CheckAsync, iter: 200, threads: 1);
    }

    private static readonly Gen<ImmutableArray<Reading>> SomeReadings =
        Gen.Select(Gen.Int[0, 13], Gen.Int[-3, 20], Gen.Int[0, 40]).Array[0, 40].Select((items) =>
        {
            var at = 0;
            return items.Select(i => new Reading("?", i.Item1, at += Math.Max(-4, i.Item2 / 4), i.Item3 == 0)).ToImmutableArray();
        });

    private static readonly Gen<TestCase> Case = Gen.Select(
        SomeReadings.Array[1, 3],
        Gen.Int[1, 3],
        Gen.Int[1, 4],
        Gen.Int[1, 5],
        Gen.Int[0, int.MaxValue],
        (sources, workers, parallelism, batch, seed) => new TestCase(
            [.. sources.Select((readings, s) => readings.Select(r => r with { Source = $"s{s}" }).ToImmutableArray())], workers, parallelism, batch, seed));

    private static async Task CheckAsync(TestCase test)
    {
        var expected = Interpret(test);

        var sinks = (Sums: new ListSink<string>(), Pairs: new ListSink<string>(), Spans: new ListSink<string>(), Merged: new ListSink<string>());
        var bindings = new WorkflowBindings(All)
            .With(Sums, () => sinks.Sums).With(Pairs, () => sinks.Pairs).With(Spans, () => sinks.Spans).With(Merged, () => sinks.Merged);
        foreach (var (readings, s) in test.Sources.Select((r, s) => (r, s)))
        {
            bindings = bindings.With(Readings, $"s{s}", () => new ListSource<Reading>($"s{s}", [.. readings.Select(Item)]));
        }

        var reports = await Engine.RunAsync(bindings, test.Plan());

        AssertSame(expected, Sums, sinks.Sums);
        AssertSame(expected, Pairs, sinks.Pairs);
        AssertSame(expected, Spans, sinks.Spans);
        AssertSame(expected, Merged, sinks.Merged);
        var failed = SourceProgress.Of(reports).ToDictionary(s => s.Source, s => s.Failed);
        Assert.All(expected.Sources, s => Assert.Equal(s.Failed, failed.GetValueOrDefault(s.Source)));
        Assert.All(reports.SelectMany(r => r.Sources), s => Assert.Equal(test.Sources[int.Parse(s.Source.Value[^1..], CultureInfo.InvariantCulture)].Length, s.Offered));
    }

    private static WorkflowTestRun Interpret(TestCase test)
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

    private static void AssertSame(WorkflowTestRun expected, Output<string> output, ListSink<string> actual)
    {
        // Order is promised per source only.
        static string SourceOf(Result<string> result) => result.Id.TrimStart('(').Split('#')[0];
        var want = expected.ResultsWithIds(output).ToList();
        if (output.Name is "sums" or "merged")
        {
            Assert.Equal(
                want.GroupBy(SourceOf).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g),
                actual.Results.GroupBy(SourceOf).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g));
        }

        Assert.Equal(want.OrderBy(r => r.Id, StringComparer.Ordinal), actual.Results.OrderBy(r => r.Id, StringComparer.Ordinal));
    }

    private static SourceItem<Reading> Item(Reading reading) => reading.IsBad
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

    private sealed record TestCase(ImmutableArray<ImmutableArray<Reading>> Sources, int Workers, int Parallelism, int Batch, int Seed)
    {
        /// <summary>A placement drawn from the seed: stateless operators may be spread, keyed ones are whole.</summary>
        public Plan Plan()
        {
            var random = new Random(Seed);
            WorkerId Worker(int i) => new($"w{i}");
            var sources = Sources.Select((_, s) => (SourceId.Of("readings", $"s{s}"), Worker(random.Next(Workers)))).ToList();
            return Plans.Of(
                All,
                sources,
                op =>
                {
                    var isSpread = op.Kind is OperatorKind.Infer or OperatorKind.Select or OperatorKind.Where or OperatorKind.SelectMany && random.Next(2) == 0;
                    var workers = isSpread ? Enumerable.Range(0, Workers).Select(Worker).ToList() : [Worker(random.Next(Workers))];
                    var parallelism = op.Kind is OperatorKind.Output or OperatorKind.Merge ? 1 : 1 + random.Next(Parallelism);
                    return [.. workers.Select(w => new Instance { Worker = w, Parallelism = parallelism, Share = 1.0 / workers.Count })];
                },
                batch: Batch);
        }

        public override string ToString() =>
            $"workers {Workers}, parallelism {Parallelism}, batch {Batch}, seed {Seed}, sources [{string.Join(" | ", Sources.Select(s => string.Join(' ', s.Select(r => $"{r.Value}@{r.At}{(r.IsBad ? "!" : "")}"))))}]";
    }
}
