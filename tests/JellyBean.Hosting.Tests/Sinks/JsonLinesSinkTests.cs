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

        Assert.Equal(["Ada", "Bob"], Names());
    }

    [Fact]
    public async Task Open_that_starts_empty_drops_earlier_lines()
    {
        await WriteAsync(new JsonLinesSink<Person>(FilePath), new Person("Ada", 1));
        await WriteAsync(new JsonLinesSink<Person>(FilePath, startsEmpty: true), new Person("Bob", 2));

        Assert.Single(File.ReadAllLines(FilePath));
    }

    [Fact]
    public async Task Run_that_goes_on_keeps_earlier_lines_even_where_one_that_begins_starts_empty()
    {
        await WriteAsync(new JsonLinesSink<Person>(FilePath, startsEmpty: true), new Person("Ada", 1));
        await File.AppendAllTextAsync(FilePath, "{\"id\":\"cut");

        await WriteAsync(new JsonLinesSink<Person>(FilePath, startsEmpty: true), sink => sink.ResumeAsync(2, 1, CancellationToken.None), new Person("Bob", 2));

        Assert.Equal(["Ada", "Bob"], Names());
    }

    [Fact]
    public async Task Two_versions_that_write_one_file_in_turns_lose_no_line_of_each_other()
    {
        var person = new Person("Ada", 1);
        await using var former = new JsonLinesSink<Person>(FilePath);
        await former.OpenAsync(1, CancellationToken.None);
        await former.WriteAsync(Batch(person), CancellationToken.None);
        await using var next = new JsonLinesSink<Person>(FilePath, startsEmpty: true);
        await next.ResumeAsync(1, null, CancellationToken.None);

        await next.WriteAsync(Batch(person with { Name = "Bob" }, person with { Name = "Cid" }), CancellationToken.None);
        await former.WriteAsync(Batch(person with { Name = "Dan" }), CancellationToken.None);
        await next.WriteAsync(Batch(person with { Name = "Eve" }), CancellationToken.None);

        Assert.Equal(["Ada", "Bob", "Cid", "Dan", "Eve"], Names());
    }

    [Fact]
    public async Task Check_leaves_nothing_behind_and_tells_what_cannot_be_written()
    {
        await new JsonLinesSink<Person>(FilePath).CheckAsync(CancellationToken.None);

        Assert.False(File.Exists(FilePath));
        var error = await Assert.ThrowsAsync<SinkException>(() => new JsonLinesSink<Person>(Path.Combine(_folder, "none", "x")).CheckAsync(CancellationToken.None));
        Assert.Contains("Name one in a folder that is there", error.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string?> Names() => File.ReadAllLines(FilePath).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("value").GetProperty("name").GetString());

    private static Task WriteAsync(JsonLinesSink<Person> sink, params Person[] people) => WriteAsync(sink, s => s.OpenAsync(1, CancellationToken.None), people);

    private static async Task WriteAsync(JsonLinesSink<Person> sink, Func<ISink<Person>, Task> open, params Person[] people)
    {
        await using (sink)
        {
            await open(sink);
            await sink.WriteAsync(Batch(people), CancellationToken.None);
        }
    }

    private static SinkBatch<Person> Batch(params Person[] people) => new(1, [.. people.Select((p, i) => new Result<Person>($"id-{i}", DateTimeOffset.UnixEpoch, p))], []);

    private sealed record Person(string Name, float Height);
}
