using JellyBean.Planning.Profiles;
using JellyBean.Testing;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace MachineAlarms.Tests;

/// <summary>What the workflow means, and that its models agree: the kind of tests that users write.</summary>
public class AlarmsTests
{
    private static readonly (string Machine, double Second)[] Known = [("press", 62), ("saw", 102)];

    [Fact]
    public void Alarm_is_raised_once_by_three_suspicious_readings_in_a_row()
    {
        var test = new WorkflowTest(Alarms.Workflow).Stub(Alarms.Scorer, reading => reading.Temperature > 1 ? 0.9f : 0.1f);
        float[] temperatures = [5, 5, 0, 5, 5, 5, 5];
        for (var second = 0; second < temperatures.Length; second++)
        {
            test.Feed(Alarms.Readings, at: TimeSpan.FromSeconds(second), new Reading("press", second, temperatures[second], Vibration: 0));
        }

        var alarm = Assert.Single(test.Run().Results(Alarms.Raised));

        Assert.Equal(new Alarm("press", Second: 5, Probability: 0.9f), alarm);
    }

    [Theory]
    [InlineData("rule")]
    [InlineData("network")]
    public async Task Alarms_of_the_file_are_the_same_with_either_variant(string variant)
    {
        await using var file = new ReadingsFile("hall", Path.Combine(AppContext.BaseDirectory, "readings.csv"), rate: null);

        var run = await new WorkflowTest(Alarms.Workflow).UseVariant(Alarms.Scorer, variant).FeedAll(Alarms.Readings, file).RunAsync();

        Assert.Equal(Known, run.Results(Alarms.Raised).Select(a => (a.Machine, a.Second)).Order());
        Assert.Equal(1, run.Failed);
    }

    [Fact]
    public async Task Accuracy_of_a_variant_is_a_row_that_the_workflow_accepts()
    {
        await using var file = new ReadingsFile("hall", Path.Combine(AppContext.BaseDirectory, "readings.csv"), rate: null);
        var run = await new WorkflowTest(Alarms.Workflow).UseVariant(Alarms.Scorer, "network").FeedAll(Alarms.Readings, file).RunAsync();
        var found = run.Results(Alarms.Raised).Count(a => Known.Contains((a.Machine, a.Second)));

        var row = new AccuracyRow
        {
            Metric = "recall",
            Variants = [new VariantChoice(new OperatorId(Alarms.Scorer.Name), "network")],
            Value = (double)found / Known.Length,
            Provenance = "Alarms of readings.csv that were found, of those that its maker put there.",
        };

        Assert.Empty(row.Validate(Alarms.Workflow));
        Assert.Equal(1, row.Value);
    }

    [Fact]
    public async Task Lines_hold_the_alarms_of_the_last_run()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("machine-alarms-").FullName, "alarms.csv");
        await using var sink = new AlarmLines(path);
        foreach (var second in new[] { 3, 8 })
        {
            await sink.OpenAsync(epoch: 1, CancellationToken.None);
            await sink.WriteAsync(new SinkBatch<Alarm>(1, [new Result<Alarm>("id", DateTimeOffset.UnixEpoch, new Alarm("saw", second, Probability: 1))], []), CancellationToken.None);
        }

        Assert.Equal(["saw,8"], await File.ReadAllLinesAsync(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
