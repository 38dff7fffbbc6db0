using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JellyBean.Testing;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Workflows.Tests.Interpreter;

public class CombinationTests
{
    private static readonly OperatorId First = new("first");
    private static readonly OperatorId Second = new("second");

    private readonly CountingVariant[] _firsts = [new("plus", n => n + 1), new("twice", n => n == 5 ? throw new InvalidOperationException("five") : 2 * n)];
    private readonly CountingVariant[] _seconds = [new("square", n => n * n), new("negate", n => -n), new("same", n => n)];
    private readonly Model<int, int> _first;
    private readonly Model<int, int> _second;
    private readonly Workflow _workflow;

    public CombinationTests()
    {
        _first = Model.Define<int, int>("first", _firsts);
        _second = Model.Define<int, int>("second", _seconds);
        _workflow = Workflow.Define("combined", w => w
            .From(Readings.Input)
            .Infer(_first, r => r.Number, (r, n) => r with { Number = n })
            .InferMany(_second, parts: r => Enumerable.Range(r.Number, r.Number % 3), keep: r => r.Key, result: (key, answers) => new Reading(key, answers.Sum()))
            .KeyBy(r => r.Key)
            .Process<List<int>, string>("count", Readings.Seen, (seen, r) =>
            {
                seen.Add(r.Number & 0x7f);
                return [$"{r.Key} {r.Number} after {seen.Count}"];
            })
            .To(Readings.Output));
    }

    private IReadOnlyList<IReadOnlyDictionary<OperatorId, string>> All =>
    [
        .. from first in _firsts
           from second in _seconds
           select ImmutableDictionary<OperatorId, string>.Empty.Add(First, first.Name).Add(Second, second.Name),
    ];

    [Fact]
    public async Task Combinations_give_what_each_gives_alone()
    {
        var runs = await TestOf().RunAsync(All);

        foreach (var (combination, run) in All.Zip(runs))
        {
            var alone = await new WorkflowTest(_workflow).UseVariant(_first, combination[First]).UseVariant(_second, combination[Second])
                .FeedAll(Readings.Input, new ListSource("a")).FeedAll(Readings.Input, new ListSource("b")).RunAsync();
            Assert.Equal(alone.Lines(), run.Lines());
            Assert.Equal(alone.Failures.AsEnumerable(), run.Failures);
            Assert.Equal(alone.Sources.AsEnumerable(), run.Sources);
        }
    }

    [Fact]
    public async Task Combinations_ask_a_variant_once_for_all_that_agree_on_it_and_those_before()
    {
        await TestOf().RunAsync(All);

        Assert.All(_firsts, v => Assert.Equal(2 * ListSource.Count, v.Asked));
        var parts = _firsts.Sum(f => 2 * Enumerable.Range(0, ListSource.Count).Where(n => f.Name != "twice" || n != 5).Sum(n => f.Answer(n) % 3));
        Assert.All(_seconds, v => Assert.Equal(parts, v.Asked));
    }

    [Fact]
    public async Task Combinations_load_each_variant_once_and_unload_it()
    {
        await TestOf().RunAsync(All);

        Assert.All(_firsts.Concat(_seconds), v => Assert.Equal((1, 1), (v.Loaded, v.Unloaded)));
    }

    [Fact]
    public async Task Combination_without_a_variant_for_a_model_says_which() =>
        Assert.Contains(
            "no variant for 'second'",
            (await Assert.ThrowsAsync<ArgumentException>(() => TestOf().RunAsync([ImmutableDictionary<OperatorId, string>.Empty.Add(First, "plus")]))).Message,
            StringComparison.Ordinal);

    private CombinationTest TestOf() => new CombinationTest(_workflow).FeedAll(Readings.Input, new ListSource("a")).FeedAll(Readings.Input, new ListSource("b"));

    private sealed class ListSource(string name) : ISource<Reading>
    {
        public const int Count = 12;

        public string Name => name;

        public bool IsReplayable => true;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<Reading>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < Count; i++)
            {
                await Task.Yield();
                yield return new SourceItem<Reading>(new Reading(i % 2 == 0 ? "even" : "odd", i), DateTimeOffset.UnixEpoch.AddSeconds(i));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class CountingVariant(string name, Func<int, int> answer) : Variant<int, int>(name)
    {
        public Func<int, int> Answer => answer;

        public int Asked { get; private set; }

        public int Loaded { get; private set; }

        public int Unloaded { get; private set; }

        public override Task<LoadedVariant<int, int>> LoadAsync(Device device, CancellationToken cancellationToken)
        {
            Loaded++;
            return Task.FromResult<LoadedVariant<int, int>>(new Running(this));
        }

        private sealed class Running(CountingVariant owner) : LoadedVariant<int, int>
        {
            public override long MemoryBytes => 0;

            public override void Run(ReadOnlySpan<int> batch, Span<int> results)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    owner.Asked++;
                    results[i] = owner.Answer(batch[i]);
                }
            }

            protected override void Dispose(bool disposing) => owner.Unloaded++;
        }
    }
}
