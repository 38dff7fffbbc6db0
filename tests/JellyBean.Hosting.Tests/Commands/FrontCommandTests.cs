using System.Text.Json;
using System.Xml.Linq;

namespace JellyBean.Hosting.Tests.Commands;

public sealed class FrontCommandTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Front_lists_the_cheapest_plan_for_each_floor_that_makes_a_difference()
    {
        // The large variant costs more: it holds a core for a hundred times as long.
        var code = await _program.InvokeAsync("plan", "--number", "door=x", "--profile", Profile(), "--rate", "50", "--accuracy", "0.1", "--front", "--format", "json");

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var json = JsonDocument.Parse(_program.Output).RootElement;
        Assert.Equal("recall", json.GetProperty("metric").GetString());
        var points = json.GetProperty("front").EnumerateArray().ToList();
        Assert.Equal([("small", 0.6), ("large", 0.9)], points.Select(p => (p.GetProperty("variants").GetProperty("namer").GetString()!, p.GetProperty("accuracy").GetDouble())));
        Assert.True(points[0].GetProperty("costPerHour").GetDouble() < points[1].GetProperty("costPerHour").GetDouble());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("50")]
    public async Task Front_shows_the_plans_that_are_found_for_what_they_reach(string rate)
    {
        string[] asked = ["plan", "--number", "door=x", "--profile", Profile(), "--rate", rate, "--format", "json"];
        Assert.Equal(ExitCodes.Ok, await _program.InvokeAsync([.. asked, "--accuracy", "0.1", "--front"]));
        var last = JsonDocument.Parse(_program.Output).RootElement.GetProperty("front").EnumerateArray().Last();
        using var other = new TestProgram(_program.Folder);

        var code = await other.InvokeAsync([.. asked, "--accuracy", last.GetProperty("accuracy").GetRawText(), "--brief"]);

        Assert.True(code == ExitCodes.Ok, other.Error);
        var plan = JsonDocument.Parse(other.Output).RootElement;
        Assert.Equal(last.GetProperty("p99Ms").GetDouble(), plan.GetProperty("outputs")[0].GetProperty("p99Ms").GetDouble());
        Assert.Equal(last.GetProperty("costPerHour").GetDouble(), plan.GetProperty("costPerHour").GetDouble());
    }

    [Fact]
    public async Task Front_leaves_out_what_is_less_accurate_at_no_less_cost()
    {
        var code = await _program.InvokeAsync("plan", "--number", "door=x", "--rate", "1", "--accuracy", "0.1", "--front", "--format", "json");

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var point = Assert.Single(JsonDocument.Parse(_program.Output).RootElement.GetProperty("front").EnumerateArray());
        Assert.Equal(0.9, point.GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public async Task Front_is_drawn_as_svg_and_by_the_program()
    {
        var drawn = new List<string>();
        _program.Builder.DrawFrontsWith((front, file, _) =>
        {
            drawn.Add($"{file} {front.Points.Length}");
            return Task.CompletedTask;
        });
        var name = Path.Combine(_program.Folder, "plots", "front");

        var code = await _program.InvokeAsync("plan", "--number", "door=x", "--profile", Profile(), "--rate", "50", "--accuracy", "0.1", "--plot", name);

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Equal([$"{name}.png 2"], drawn);
        var svg = XDocument.Load(name + ".svg");
        Assert.Equal(2, svg.Descendants().Count(e => e.Name.LocalName == "circle"));
        Assert.Contains(svg.Descendants(), e => e.Value.Contains("predicted cost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Front_of_a_metric_that_nobody_measured_says_which_there_are()
    {
        var code = await _program.InvokeAsync("plan", "--number", "door=x", "--accuracy", "mota=0.5", "--front");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Matches("'mota' is measured for no variant; measured: .*recall", _program.Error);
    }

    private string Profile() => _program.Write(
        """
        {
          "version": 2, "provenance": "made up", "machine": { "processor": "p", "cores": 2, "system": "s", "runtime": "r" },
          "serviceTimes": [
            { "operator": "namer", "variant": "small", "serviceMs": 0.1 },
            { "operator": "namer", "variant": "large", "serviceMs": 20 }
          ],
          "footprints": [ { "operator": "namer", "variant": "small", "memoryBytes": 1 }, { "operator": "namer", "variant": "large", "memoryBytes": 1 } ],
          "outputs": [ { "operator": "numbers", "messageBytes": 10 }, { "operator": "namer", "messageBytes": 10 } ]
        }
        """,
        "front-profile.json");
}
