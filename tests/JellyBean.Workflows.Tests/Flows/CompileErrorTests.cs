using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JellyBean.Workflows.Tests.Flows;

/// <summary>Mistakes that C# can tell are compile errors, and name what was connected to what.</summary>
public class CompileErrorTests
{
    private const string Program = """
        using System;
        using System.Linq;
        using JellyBean.Workflows;
        using JellyBean.Workflows.Flows;
        using JellyBean.Workflows.Inputs;
        using JellyBean.Workflows.Models;
        using JellyBean.Workflows.Outputs;

        public static class Wrong
        {
            public sealed record Frame(int Width);
            public sealed record Crop(int Height);

            public static void Define(WorkflowBuilder w, Input<Frame> input, Output<string> texts, Output<Frame> frames, Model<Crop, string> reader, KeyedState<int> state)
            {
                var flow = w.From(input);
                // HERE
            }
        }
        """;

    [Theory]
    [InlineData("flow.To(texts);", "CS1503", "Output<string>", "Output<Wrong.Frame>")]
    [InlineData("flow.Infer(reader, (frame, text) => text);", "CS1503", "Model<Wrong.Crop, string>", "Model<Wrong.Frame, string>")]
    [InlineData("flow.Merge(\"both\", flow.Select(f => f.Width));", "CS1503", "Flow<int>", "Flow<Wrong.Frame>")]
    [InlineData("flow.JoinWithin(\"pairs\");", "CS1061", "Flow<Wrong.Frame>", "JoinWithin")]
    [InlineData("flow.Process(\"steps\", state, (s, f) => new[] { f });", "CS1061", "Flow<Wrong.Frame>", "Process")]
    [InlineData("flow.KeyBy(f => f.Width);", "CS0029", "int", "string")]
    [InlineData("flow.Select(f => f.Height);", "CS1061", "Wrong.Frame", "Height")]
    public void A_wrong_connection_is_a_compile_error_that_names_both_sides(string statement, string id, string found, string expected)
    {
        var errors = Compile(statement);

        Assert.Contains(errors, e => e.Id == id && Says(e, found) && Says(e, expected));
    }

    [Theory]
    [InlineData("flow.To(frames);")]
    [InlineData("flow.Infer(reader, f => new Crop(f.Width), (frame, text) => text).To(texts);")]
    [InlineData("flow.InferMany(reader, f => new[] { new Crop(1) }, f => f.Width, (width, answers) => answers.Count > width ? \"\" : answers[0]).To(texts);")]
    [InlineData("flow.KeyBy(f => \"\").Process(\"steps\", state, (s, f) => new[] { f }).To(frames);")]
    public void A_right_connection_compiles_without_type_arguments(string statement) => Assert.Empty(Compile(statement));

    private static bool Says(Diagnostic error, string text) => error.GetMessage(CultureInfo.InvariantCulture).Contains(text, StringComparison.Ordinal);

    private static Diagnostic[] Compile(string statement)
    {
        var trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var compilation = CSharpCompilation.Create(
            "wrong",
            [CSharpSyntaxTree.ParseText(Program.Replace("// HERE", statement, StringComparison.Ordinal))],
            trusted.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
    }
}
