using System.CommandLine;
using System.Globalization;
using JellyBean.ModelFactory.NanoDet;
using JellyBean.ModelFactory.Packages;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.CommandLine;

/// <summary>The factory's commands: restore, list, verify, convert.</summary>
internal static class FactoryCommand
{
    private const int Done = 0;
    private const int Failed = 1;

    public static RootCommand Create() => new("Makes ONNX models from published weights.")
    {
        Restore(),
        List(),
        Verify(),
        Convert(),
    };

    private static Command Restore()
    {
        Option<string> sizes = Sizes();
        var command = new Command("restore", "Downloads and converts what is missing or damaged.") { sizes };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            using NanoDetModels models = Models(arguments.GetValue(sizes));
            await models.RestoreAsync(new LineWriter(output), cancellationToken).ConfigureAwait(false);
            return Done;
        }));
        return command;
    }

    private static Command List()
    {
        Option<string> sizes = Sizes();
        var command = new Command("list", "Names the models, where they are kept, their licence and origin.") { sizes };
        command.SetAction((arguments, _) => RunAsync(arguments.InvocationConfiguration, output =>
        {
            using NanoDetModels models = Models(arguments.GetValue(sizes));
            foreach (ModelFile file in models.Files)
                output.WriteLine($"{file.Name}\t{file.Path}\t{file.Licence}\t{file.Origin}");
            return Task.FromResult(Done);
        }));
        return command;
    }

    private static Command Verify()
    {
        Option<string> sizes = Sizes();
        var command = new Command("verify", "Checks the models against their recorded hashes; fails unless all are ready.") { sizes };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            using NanoDetModels models = Models(arguments.GetValue(sizes));
            IReadOnlyList<ModelFileStatus> found = await models.VerifyAsync(cancellationToken).ConfigureAwait(false);
            foreach (ModelFileStatus status in found)
                await output.WriteLineAsync($"{status.File.Name}\t{status.State}\t{status.Detail}").ConfigureAwait(false);
            return found.All(status => status.State == ModelFileState.Ready) ? Done : Failed;
        }));
        return command;
    }

    private static Command Convert()
    {
        var source = new Argument<string>("model.json") { Description = "NanoDet's TensorFlow.js graph; its weights lie beside it." };
        var target = new Argument<string>("out.onnx") { Description = "The file to write." };
        var size = new Option<int>("--size") { Description = "Height and width of the input, in pixels.", Required = true };
        var command = new Command("convert", "Converts a NanoDet graph that is already here.") { source, target, size };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            string path = Path.GetFullPath(arguments.GetRequiredValue(target));
            byte[] onnx = NanoDetModels.Convert(arguments.GetRequiredValue(source), arguments.GetValue(size));
            await AtomicFile.WriteAsync(path, onnx, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync($"{path}: {onnx.Length} bytes, SHA-256 {ContentHash.Of(onnx)}").ConfigureAwait(false);
            return Done;
        }));
        return command;
    }

    private static Option<string> Sizes() => new("--sizes")
    {
        Description = "Input sizes in pixels, with commas between.",
        DefaultValueFactory = _ => string.Join(',', NanoDetModels.DefaultSizes),
    };

    private static NanoDetModels Models(string? sizes) => new((sizes ?? "").Split(',').Select(size =>
        int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels)
            ? pixels
            : throw new ArgumentException($"'{size}' is not an input size; give numbers with commas between, as in --sizes 256,352.")));

    /// <summary>What users can mend is one line, not a stack trace.</summary>
    private static async Task<int> RunAsync(InvocationConfiguration console, Func<TextWriter, Task<int>> work)
    {
        try
        {
            return await work(console.Output).ConfigureAwait(false);
        }
        catch (Exception expected) when (expected is ModelLoadException or ModelFormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(expected.Message).ConfigureAwait(false);
            return Failed;
        }
    }

    /// <summary>Writes at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class LineWriter(TextWriter output) : IProgress<string>
    {
        public void Report(string value) => output.WriteLine(value);
    }
}
