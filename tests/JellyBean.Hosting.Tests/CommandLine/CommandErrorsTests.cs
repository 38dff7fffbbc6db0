using JellyBean.Workflows.Models;

namespace JellyBean.Hosting.Tests.CommandLine;

/// <summary>Mistakes of all kinds are told in one answer, each with what was probably meant.</summary>
public sealed class CommandErrorsTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("There is no command 'stauts'; allowed: ", "Did you mean 'status'?", "stauts")]
    [InlineData("There is no option '--accurracy'. Did you mean '--accuracy'?", "", "run", "--accurracy", "0.8")]
    [InlineData("There is no option '--accurracy'. Did you mean '--accuracy'?", "", "run", "--accurracy=0.8")]
    [InlineData("There is no option '--jion'. Did you mean '--join' or '--json'?", "", "swap", "namer", "--jion", "127.0.0.1:9")]
    [InlineData("There is no option '--verbostiy'. Did you mean '--verbosity'?", "", "plan", "--verbostiy", "debug")]
    [InlineData("--format is 'jsn'; allowed: text, json, dot, svg. Did you mean 'json'?", "", "plan", "--format", "jsn")]
    [InlineData("--mode is 'PP1'; allowed: ", "Did you mean 'P1'?", "plan", "--number", "a=x", "--mode", "PP1")]
    [InlineData("--rate names source 'noth', which is unknown; allowed: north, south. Did you mean 'north'?", "", "plan", "--number", "north=x", "--number", "south=x", "--rate", "noth=3")]
    [InlineData("jellybean.planing is unknown (--set); allowed: ", "Did you mean 'planning'?", "plan", "--number", "a=x", "--set", "jellybean.planing.mode=P1")]
    [InlineData("'jelybean' (--set) is read by nobody. Did you mean 'jellybean'?", "", "plan", "--number", "a=x", "--set", "jelybean.output=x")]
    [InlineData("jellybean.inputs.numbers.a.scael is unknown (--set); allowed: ", "Did you mean 'scale'?", "plan", "--number", "a=x", "--set", "jellybean.inputs.numbers.a.scael=2")]
    [InlineData("jellybean.inputs.numbers.a.node is 'egde-1' (--set); allowed: ", "Did you mean 'edge-1'?", "plan", "--number", "a=x", "--set", "jellybean.inputs.numbers.a.node=egde-1")]
    [InlineData("The node has the role 'colud'; allowed: ", "Did you mean 'cloud'?", "node", "--number", "a=x", "--role", "colud", "--name", "cloud-1")]
    [InlineData("there is no catalogue 'laptpo'", "Did you mean 'laptop'?", "plan", "--number", "a=x", "--catalogue", "laptpo")]
    [InlineData("--what-if: worker.egde-1: worker 'egde-1' is unknown; allowed: ", "Did you mean 'edge-1'?", "plan", "--number", "a=x", "--what-if", "worker.egde-1=down")]
    public async Task Name_that_is_mistyped_is_told_with_the_one_that_is_near(string expected, string alsoExpected, params string[] args)
    {
        var code = await _program.InvokeAsync(args);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains(expected, _program.Error, StringComparison.Ordinal);
        Assert.Contains(alsoExpected, _program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("measuring", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_every_kind_are_told_together_and_nothing_is_begun()
    {
        _program.Builder.UseModels(new MissingModels());

        var code = await _program.InvokeAsync(
            "run", "--output", Path.Combine(_program.Folder, "out"), "--nope", "--accuracy", "x", "--rate", "y", "--number", "door=missing",
            "--catalogue", _program.Write("jellybean.infrastructure { tiers = [", "broken-catalogue.conf"),
            "--config", _program.Write("jellybean { planning {", "broken.conf"),
            "--config", _program.Write("jellybean.planning.utilisation-cap = 7", "wrong.conf"));

        Assert.Equal(ExitCodes.BadInput, code);
        string[] expected =
        [
            "There is no option '--nope'", "broken-catalogue.conf:1: the list has no closing ']'", "broken.conf:1: the object that begins at",
            "jellybean.planning.utilisation-cap is '7' (wrong.conf:1)", "--accuracy is 'x'", "--rate is 'y'",
        ];
        Assert.All(expected, e => Assert.Contains(e, _program.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_program.Folder, "out")));
    }

    [Fact]
    public async Task Models_profile_and_sources_are_looked_at_even_if_the_configuration_is_wrong()
    {
        _program.Builder.UseModels(new MissingModels());

        var code = await _program.InvokeAsync(_program.Run("--accuracy", "x", "--profile", "/nowhere/profile.json", "--number", "door=missing"));

        Assert.Equal(ExitCodes.BadInput, code);
        string[] expected = ["--accuracy is 'x'", "Model file 'net' is missing", "Profile '/nowhere/profile.json' cannot be read", "'door': there is no file 'missing'. Check its name."];
        Assert.All(expected, e => Assert.Contains(e, _program.Error, StringComparison.Ordinal));
        Assert.Equal(expected.Length, _program.Error.Split("error: ").Length - 1);
        Assert.Equal("", _program.Output);
    }

    [Fact]
    public async Task What_a_file_that_cannot_be_read_may_have_held_is_not_said_to_be_missing()
    {
        var code = await _program.InvokeAsync("plan", "--config", _program.Write("jellybean { inputs", "broken.conf"), "--config", _program.Write("jellybean.objectives.names.accuracy { }\n own = ${elsewhere}", "part.conf"), "--rate", "north=3");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.StartsWith("error: broken.conf:1: ", _program.Error, StringComparison.Ordinal);
        Assert.Single(_program.Error.Split("error: ", StringSplitOptions.RemoveEmptyEntries));
    }

    private sealed class MissingModels : IModelSource
    {
        public string Name => "fake";

        public IReadOnlyList<ModelFile> Files { get; } = [new ModelFile("net", "/nowhere/net.onnx", "MIT", "a package")];

        public Task<IReadOnlyList<ModelFileStatus>> VerifyAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ModelFileStatus>>([new ModelFileStatus(Files[0], ModelFileState.Missing, "not there")]);

        public Task RestoreAsync(IProgress<string> progress, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody asked for it.");
    }
}
