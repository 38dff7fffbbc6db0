using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Profiles;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Profiles;

public sealed class ProfileFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("profiles-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Profile_written_reads_back_the_same()
    {
        var profile = new Profile
        {
            Provenance = "by hand",
            Machine = new MachineFingerprint { Processor = "p", Cores = 2, System = "s", Runtime = "r" },
            ServiceTimes = [new ServiceTime { Operator = new("namer"), Variant = "small", BatchSize = 2, ServiceMs = 1.5, WorkerType = new WorkerTypeId("box") }],
            Footprints = [new Footprint { Operator = new("namer"), Variant = "small", MemoryBytes = 5, LoadTime = TimeSpan.FromMilliseconds(12) }],
            Outputs = [new OutputProfile { Operator = new("namer"), MessageBytes = 12.5, KeptBytes = 1 }],
            Accuracies = [TestProgram.Row("small", 0.6)],
        };
        var path = Path.Combine(_folder, "below", "p.json");

        await ProfileFile.WriteAsync(profile, path, default);
        var read = await ProfileFile.ReadAsync(path, default);

        Assert.Equal(profile.ServiceTimes.AsEnumerable(), read.ServiceTimes.AsEnumerable());
        Assert.Equal(profile.Footprints.AsEnumerable(), read.Footprints.AsEnumerable());
        Assert.Equal(profile.Outputs.AsEnumerable(), read.Outputs.AsEnumerable());
        Assert.Equal((profile.Machine, profile.Provenance), (read.Machine, read.Provenance));
        Assert.Equal(profile.Accuracies[0].Variants.AsEnumerable(), read.Accuracies[0].Variants.AsEnumerable());
        Assert.Equal(["p.json"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("{}", "has no version")]
    [InlineData("{ \"version\": 99 }", "is of version 99; allowed: 1 to 2")]
    [InlineData("{ \"version\": 2 }", "is not understood")]
    [InlineData("{ \"version\": 2, ", "is not understood")]
    [InlineData("", "is not understood")]
    public async Task Profile_that_is_none_says_why(string text, string expected)
    {
        var path = Path.Combine(_folder, "p.json");
        await File.WriteAllTextAsync(path, text);

        var wrong = await Assert.ThrowsAsync<BadInputException>(() => ProfileFile.ReadAsync(path, default));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_of_version_1_is_read_as_one_without_distributions()
    {
        var path = Path.Combine(_folder, "p.json");
        await File.WriteAllTextAsync(path, """
            {
              "version": 1, "provenance": "old", "machine": { "processor": "p", "cores": 2, "system": "s", "runtime": "r" },
              "serviceTimes": [ { "operator": "namer", "variant": "small", "batchSize": 2, "serviceMs": 1.5 } ], "outputs": []
            }
            """);

        var profile = await ProfileFile.ReadAsync(path, default);

        Assert.Equal(Profile.CurrentVersion, profile.Version);
        Assert.Equal((1.5, null), (profile.ServiceTimes[0].ServiceMs, profile.ServiceTimes[0].Distribution));
    }

    [Fact]
    public async Task Profile_that_is_missing_says_so() =>
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<BadInputException>(() => ProfileFile.ReadAsync(Path.Combine(_folder, "nope.json"), default))).Message, StringComparison.Ordinal);
}
