using JellyBean.Testing;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Workflows.Tests.Interpreter;

/// <summary>What the interpreter's tests feed: a key and a number.</summary>
public sealed record Reading(string Key, int Number);

/// <summary>Inputs, an output, models, and a workflow around the operator under test.</summary>
internal static class Readings
{
    public static readonly Input<Reading> Input = new("in");
    public static readonly Input<Reading> Tolerant = new("tolerant") { AllowedLateness = TimeSpan.FromSeconds(5) };
    public static readonly Output<string> Output = new("out");
    public static readonly Model<int, string> Speller = Model.Define<int, string>("speller", [new FakeVariant("plain"), new FakeVariant("broken")]);

    public static readonly KeyedState<List<int>> Seen = new(
        Create: () => [], Snapshot: s => [.. s.Select(n => (byte)n)], Restore: bytes => [.. bytes.ToArray().Select(b => (int)b)], Version: 1);

    public static WorkflowTest Test(Func<Flow<Reading>, Flow<string>> draw) => Test(Input, draw);

    public static WorkflowTest Test(Input<Reading> input, Func<Flow<Reading>, Flow<string>> draw) =>
        new(Workflow.Define("readings", w => draw(w.From(input)).To(Output)));

    public static WorkflowTest Feed(this WorkflowTest test, double seconds, string key, int number, string source = "default", Input<Reading>? input = null) =>
        test.Feed(input ?? Input, TimeSpan.FromSeconds(seconds), new Reading(key, number), source);

    /// <summary>Results as <c>id @ seconds = value</c>.</summary>
    public static string[] Lines(this WorkflowTestRun run) =>
        [.. run.ResultsWithIds(Output).Select(r => $"{r.Id} @ {(r.EventTime - DateTimeOffset.UnixEpoch).TotalSeconds} = {r.Value}")];

    internal sealed class FakeVariant(string name) : Variant<int, string>(name)
    {
        public int Loads { get; private set; }

        public override Task<LoadedVariant<int, string>> LoadAsync(Device device, CancellationToken cancellationToken)
        {
            Loads++;
            return Name == "broken"
                ? throw new ModelLoadException("Variant 'broken' has no file.")
                : Task.FromResult<LoadedVariant<int, string>>(new Loaded());
        }

        private sealed class Loaded : LoadedVariant<int, string>
        {
            public override long MemoryBytes => 0;

            public override void Run(ReadOnlySpan<int> batch, Span<string> results)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    results[i] = $"{Name}:{batch[i]}";
                }
            }

            private static string Name => "real";

            protected override void Dispose(bool disposing)
            {
            }
        }
    }
}
