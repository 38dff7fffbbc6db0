using JellyBean.Hosting.Profiles;
using JellyBean.Planning.Profiles;

namespace JellyBean.Hosting.Tests.Profiles;

public class ProfileDifferencesTests
{
    private static readonly MachineFingerprint Here = new() { Processor = "fast", Cores = 8, System = "s", Runtime = "r" };

    [Fact]
    public void Profile_of_this_machine_and_program_differs_in_nothing() => Assert.Empty(ProfileDifferences.Of(Of(Here, "b1"), Here, "b1"));

    [Fact]
    public void Profile_of_another_machine_says_what_differs() =>
        Assert.Equal(["processor was slow, here it is fast", "cores was 2, here it is 8"], ProfileDifferences.Of(Of(Here with { Processor = "slow", Cores = 2 }, "b1"), Here, "b1"));

    [Theory]
    [InlineData("b0", "program was b0, here it is b1")]
    [InlineData(null, "program was unknown, here it is b1")]
    public void Profile_of_another_program_says_so(string? build, string expected) => Assert.Equal([expected], ProfileDifferences.Of(Of(Here, build), Here, "b1"));

    private static Profile Of(MachineFingerprint machine, string? build) => new() { Provenance = "p", Machine = machine, Build = build, ServiceTimes = [], Outputs = [] };
}
