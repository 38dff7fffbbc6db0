using System.Globalization;
using CsCheck;
using JellyBean.Runtime.Links;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>Whatever the plan, the engine's results, their ids and what failed equal the reference interpreter's.</summary>
public sealed class OracleTests
{
    [Fact]
    public async Task Engine_any_plan_and_input_equals_the_reference_interpreter()
    {
        await Oracle.Case.SampleAsync(test => CheckAsync(test, null), iter: 200, threads: 1);
    }

    [Fact]
    public async Task Engine_any_plan_over_links_of_the_network_equals_the_reference_interpreter()
    {
        await Oracle.Case.SampleAsync(test => CheckAsync(test, new LinkOptions()), iter: 60, threads: 1);
    }

    private static async Task CheckAsync(OracleCase test, LinkOptions? remote)
    {
        var expected = Oracle.Interpret(test);

        var sinks = (Sums: new ListSink<string>(), Pairs: new ListSink<string>(), Spans: new ListSink<string>(), Merged: new ListSink<string>());
        var bindings = new WorkflowBindings(Oracle.All)
            .With(Oracle.Sums, () => sinks.Sums).With(Oracle.Pairs, () => sinks.Pairs).With(Oracle.Spans, () => sinks.Spans).With(Oracle.Merged, () => sinks.Merged);
        foreach (var (readings, s) in test.Sources.Select((r, s) => (r, s)))
        {
            bindings = bindings.With(Oracle.Readings, $"s{s}", () => new ListSource<Oracle.Reading>($"s{s}", [.. readings.Select(Oracle.Item)]));
        }

        var reports = await Engine.RunAsync(bindings, test.Plan(), remote: remote);

        Oracle.AssertSame(expected, Oracle.Sums, sinks.Sums.Results);
        Oracle.AssertSame(expected, Oracle.Pairs, sinks.Pairs.Results);
        Oracle.AssertSame(expected, Oracle.Spans, sinks.Spans.Results);
        Oracle.AssertSame(expected, Oracle.Merged, sinks.Merged.Results);
        var failed = SourceProgress.Of(reports).ToDictionary(s => s.Source, s => s.Failed);
        Assert.All(expected.Sources, s => Assert.Equal(s.Failed, failed.GetValueOrDefault(s.Source)));
        Assert.All(reports.SelectMany(r => r.Sources), s => Assert.Equal(test.Sources[int.Parse(s.Source.Value[^1..], CultureInfo.InvariantCulture)].Length, s.Offered));
    }
}
