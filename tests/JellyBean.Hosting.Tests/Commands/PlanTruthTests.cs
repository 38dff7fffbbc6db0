using System.Globalization;
using System.Text.Json;
using JellyBean.Hosting.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.Commands;

/// <summary>The plan beside a run with the real engine.</summary>
public sealed class PlanTruthTests : IDisposable
{
    private readonly TestProgram _program = new();

    public PlanTruthTests() => _program.Services.AddSingleton<IEngine, LocalEngine>();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Run_without_pace_compares_no_latency()
    {
        // 20 ms each: what there is would keep a machine busy for many seconds.
        _program.Sources.Count = 400;

        var predictions = await PredictionsAsync("--profile", Profile(serviceMs: 20));

        Assert.Contains(predictions, p => p.Quantity == "throughput/s" && p.Predicted > 14);
        Assert.DoesNotContain(predictions, p => p.Quantity.StartsWith('p'));
        Assert.Contains("not paced", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_without_pace_that_has_hardly_anything_to_do_does_not_compare_what_the_plan_can_do()
    {
        var predictions = await PredictionsAsync("--profile", Profile(serviceMs: 0.1));

        Assert.DoesNotContain(predictions, p => p.Quantity is "throughput/s" or "utilisation");
        Assert.Contains("too short to show what the plan can do", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_with_pace_is_predicted_at_the_planned_rate_with_its_latency()
    {
        _program.Sources.Count = 10;

        var predictions = await PredictionsAsync("--pace");

        Assert.Contains(predictions, p => p == ("throughput/s", "", 14.0));
        Assert.Equal(["simulated-p50-ms", "simulated-p99-ms"], predictions.Where(p => p.Of == "names").Select(p => p.Quantity));
    }

    [Fact]
    public async Task Latency_of_a_paced_run_counts_from_when_a_source_has_read_an_element()
    {
        _program.Sources.Count = 10;

        var predictions = await PredictionsAsync("--pace", "--profile", Profile(serviceMs: 0.1, readMs: 40));

        Assert.InRange(predictions.Single(p => p.Quantity == "simulated-p50-ms").Predicted, 0, 20);
    }

    private string Profile(double serviceMs, double readMs = 0) => _program.Write(
        $$"""
        {
          "version": 2, "provenance": "made up", "machine": { "processor": "p", "cores": 2, "system": "s", "runtime": "r" },
          "serviceTimes": [ { "operator": "numbers", "serviceMs": {{readMs.ToString(CultureInfo.InvariantCulture)}} }, { "operator": "namer", "variant": "small", "serviceMs": {{serviceMs.ToString(CultureInfo.InvariantCulture)}} }, { "operator": "namer", "variant": "large", "serviceMs": 100 } ],
          "footprints": [ { "operator": "namer", "variant": "small", "memoryBytes": 1 }, { "operator": "namer", "variant": "large", "memoryBytes": 1 } ],
          "outputs": [ { "operator": "numbers", "messageBytes": 10 }, { "operator": "namer", "messageBytes": 10 } ]
        }
        """,
        "truth-profile.json");

    private async Task<List<(string Quantity, string Of, double Predicted)>> PredictionsAsync(params string[] more)
    {
        var code = await _program.InvokeAsync(_program.Run(["--json", .. more]));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        return
        [
            .. JsonDocument.Parse(_program.Output).RootElement.GetProperty("predictions").EnumerateArray()
                .Select(p => (p.GetProperty("quantity").GetString()!, p.GetProperty("of").GetString()!, p.GetProperty("predicted").GetDouble())),
        ];
    }
}
