using System.CommandLine;
using System.CommandLine.Parsing;
using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.CommandLine;

/// <summary>The factory's commands: restore, list, verify, convert.</summary>
internal static class FactoryCommand
{
    private const int Done = 0;

    /// <summary>As programs that use the models have it: what was given cannot be used.</summary>
    private const int BadInput = 2;

    /// <summary>Does what the arguments ask.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="console">Where it writes.</param>
    /// <returns>0 if done, 2 if something that was given, or that is there, cannot be used.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, InvocationConfiguration console)
    {
        ParseResult parsed = Create().Parse(arguments);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(console).ConfigureAwait(false);
        foreach (ParseError error in parsed.Errors)
            await console.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
        await console.Error.WriteLineAsync("See --help.").ConfigureAwait(false);
        return BadInput;
    }

    private static RootCommand Create() => new("Makes ONNX models from published weights. Exit codes: 0 done, 2 something that was given, or that is there, cannot be used.")
    {
        Restore(),
        List(),
        Verify(),
        Convert(),
    };

    private static Command Restore()
    {
        Argument<string[]> names = Names();
        var command = new Command("restore", "Downloads and converts what is missing or damaged.") { names };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            using PublishedModels models = Models(arguments.GetRequiredValue(names));
            await models.RestoreAsync(new LineWriter(output), cancellationToken).ConfigureAwait(false);
            return Done;
        }));
        return command;
    }

    private static Command List()
    {
        Argument<string[]> names = Names();
        var command = new Command("list", "Names the models, their state, size and SHA-256, where they are kept, their licence and origin.") { names };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            using PublishedModels models = Models(arguments.GetRequiredValue(names));
            foreach (ModelFileStatus status in await models.VerifyAsync(cancellationToken).ConfigureAwait(false))
                await output.WriteLineAsync($"{status.File.Name}\t{status.State}\t{status.Bytes}\t{status.Sha256}\t{status.File.Path}\t{status.File.Licence}\t{status.File.Origin}").ConfigureAwait(false);
            return Done;
        }));
        return command;
    }

    private static Command Verify()
    {
        Argument<string[]> names = Names();
        var command = new Command("verify", "Checks the models against their recorded hashes; fails unless all are ready.") { names };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            using PublishedModels models = Models(arguments.GetRequiredValue(names));
            IReadOnlyList<ModelFileStatus> found = await models.VerifyAsync(cancellationToken).ConfigureAwait(false);
            foreach (ModelFileStatus status in found)
                await output.WriteLineAsync($"{status.File.Name}\t{status.State}\t{status.Detail}").ConfigureAwait(false);
            return found.All(status => status.State == ModelFileState.Ready) ? Done : BadInput;
        }));
        return command;
    }

    private static Command Convert()
    {
        var name = new Argument<string>("model") { Description = "What to make, as in nanodet-352 or nanodet-352-int8." };
        var source = new Argument<string>("model.json") { Description = "The family's TensorFlow.js graph; its weights lie beside it." };
        var target = new Argument<string>("out.onnx") { Description = "The file to write." };
        var calibration = new Option<string?>("--calibration")
        {
            Description = $"Pictures to calibrate an -int8 model with, at least {RangeCalibration.FewestPictures}, as different as what it will see; those of opencv-doc unless given.",
            HelpName = "FOLDER",
        };
        var command = new Command("convert", "Makes one model from a graph that is already here.") { name, source, target, calibration };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.InvocationConfiguration, async output =>
        {
            ModelSpec spec = ModelSpec.Parse([arguments.GetRequiredValue(name)])[0];
            string? pictures = arguments.GetValue(calibration);
            if (pictures is not null && !spec.IsInt8)
                throw new ArgumentException($"--calibration is for models in 8 bits, and '{spec.Name}' is not. Leave it out, or ask for '{spec.Name}-int8'.");
            string path = Path.GetFullPath(arguments.GetRequiredValue(target));
            var maker = new ModelMaker(spec.Family, arguments.GetRequiredValue(source), pictures ?? CalibrationPictures.DefaultFolder, hasOwnPictures: pictures is not null);
            (byte[] onnx, _) = await maker.MakeAsync(spec, new LineWriter(output), cancellationToken).ConfigureAwait(false);
            await AtomicFile.WriteAsync(path, onnx, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync($"{path}: {onnx.Length} bytes, SHA-256 {ContentHash.Of(onnx)}").ConfigureAwait(false);
            return Done;
        }));
        return command;
    }

    private static Argument<string[]> Names() => new("models")
    {
        Description = "As in nanodet-352, nanodet-352-int8, centernet-256.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static PublishedModels Models(string[] names) => new(names);

    /// <summary>What users can mend is one line, not a stack trace.</summary>
    private static async Task<int> RunAsync(InvocationConfiguration console, Func<TextWriter, Task<int>> work)
    {
        try
        {
            return await work(console.Output).ConfigureAwait(false);
        }
        catch (Exception expected) when (expected is ModelLoadException or ModelFormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"error: {expected.Message}").ConfigureAwait(false);
            return BadInput;
        }
    }

    /// <summary>Writes at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class LineWriter(TextWriter output) : IProgress<string>
    {
        public void Report(string value) => output.WriteLine(value);
    }
}
