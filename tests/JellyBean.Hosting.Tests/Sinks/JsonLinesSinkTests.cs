using System.Text.Json;
using JellyBean.Hosting.Sinks;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Tests.Sinks;

public sealed class JsonLinesSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-lines-").FullName;

    private string FilePath => Path.Combine(_folder, "people.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Write_each_result_is_a_line_with_id_time_and_value()
    {
        await WriteAsync(new JsonLinesSink<Person>(FilePath), new Person("Ada", 1.5f), new Person("Béla\n", float.NaN));

        var lines = File.ReadAllLines(FilePath);

        Assert.Equal(2, lines.Length);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal("id-0", first.RootElement.GetProperty("id").GetString());
        Assert.Equal(DateTimeOffset.UnixEpoch, first.RootElement.GetProperty("eventTime").GetDateTimeOffset());
        Assert.Equal("Ada", first.RootElement.GetProperty("value").GetProperty("name").GetString());
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("Béla\n", second.RootElement.GetProperty("value").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Open_again_a_line_that_was_cut_off_is_taken_away_and_the_others_stay()
    {
        await WriteAsync(new JsonLinesSink<Person>(FilePath), new Person("Ada", 1));
        await File.AppendAllTextAsync(FilePath, "{\"id\":\"cut");

        await WriteAsync(new JsonLinesSink<Person>(FilePath), new Person("Bob", 2));

        Assert.Equal(["Ada", "Bob"], File.ReadAllLines(FilePath).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("value").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Open_that_starts_empty_drops_earlier_lines()
    {
        await WriteAsync(new JsonLinesSink<Person>(FilePath), new Person("Ada", 1));
        await WriteAsync(new JsonLinesSink<Person>(FilePath, startsEmpty: true), new Person("Bob", 2));

        Assert.Single(File.ReadAllLines(FilePath));
    }

    [Fact]
    public async Task Check_leaves_nothing_behind_and_tells_what_cannot_be_written()
    {
        await new JsonLinesSink<Person>(FilePath).CheckAsync(CancellationToken.None);

        Assert.False(File.Exists(FilePath));
        var error = await Assert.ThrowsAsync<SinkException>(() => new JsonLinesSink<Person>(Path.Combine(_folder, "none", "x")).CheckAsync(CancellationToken.None));
        Assert.Contains("Name one in a folder that is there", error.Message, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(JsonLinesSink<Person> sink, params Person[] people)
    {
        await using (sink)
        {
            await sink.OpenAsync(1, CancellationToken.None);
            await sink.WriteAsync(new SinkBatch<Person>(1, [.. people.Select((p, i) => new Result<Person>($"id-{i}", DateTimeOffset.UnixEpoch, p))], []), CancellationToken.None);
        }
    }

    private sealed record Person(string Name, float Height);
}
