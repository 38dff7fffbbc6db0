using JellyBean.Hosting.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Tests.Profiles;

public sealed class VariantFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fingerprint_changes_with_a_files_content_though_its_length_and_time_stay()
    {
        var file = Write("net.onnx", "one");
        var workflow = With(new FileVariant("net", file));
        var before = VariantFiles.Fingerprint(workflow);
        var time = File.GetLastWriteTimeUtc(file);

        File.WriteAllText(file, "two");
        File.SetLastWriteTimeUtc(file, time);
        var changed = VariantFiles.Fingerprint(workflow);
        File.WriteAllText(file, "one");

        Assert.NotEqual(before, changed);
        Assert.Equal(before, VariantFiles.Fingerprint(workflow));
    }

    [Fact]
    public void Errors_name_every_file_that_is_missing_or_empty_unless_it_is_checked_elsewhere()
    {
        var (missing, elsewhere) = (Path.Combine(_folder, "missing.onnx"), Path.Combine(_folder, "elsewhere.onnx"));
        var empty = Write("empty.onnx", "");
        var workflow = With(
            new FileVariant("good", Write("good.onnx", "model")), new FileVariant("missing", missing), new FileVariant("empty", empty), new FileVariant("elsewhere", elsewhere));

        Assert.Equal(
            [
                $"Model 'namer', variant 'missing': there is no file '{missing}'. Bring it, or correct its path.",
                $"Model 'namer', variant 'empty': the file '{empty}' is empty. Bring it again.",
            ],
            VariantFiles.Errors(workflow, known: [elsewhere]));
    }

    private static Workflow With(params Variant<string, string>[] variants) => Workflow.Define("files", w => w
        .From(new Input<string>("texts"))
        .Infer(Model.Define("namer", variants), (_, name) => name)
        .To(new Output<string>("names")));

    private string Write(string name, string content)
    {
        File.WriteAllText(Path.Combine(_folder, name), content);
        return Path.Combine(_folder, name);
    }

    private sealed class FileVariant(string name, string file) : Variant<string, string>(name)
    {
        public override IReadOnlyList<string> Files { get; } = [file];

        public override Task<LoadedVariant<string, string>> LoadAsync(Device device, CancellationToken cancellationToken) => throw new ModelLoadException("Never loaded.");
    }
}
