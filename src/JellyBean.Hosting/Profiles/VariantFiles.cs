using System.Security.Cryptography;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Profiles;

/// <summary>The files that a workflow's variants are loaded from.</summary>
internal static class VariantFiles
{
    /// <summary>Says of each file that cannot be opened, or is empty, which variant needs it and what to do.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="known">Paths of files that are checked elsewhere.</param>
    public static IEnumerable<string> Errors(Workflow workflow, IEnumerable<string> known)
    {
        var skipped = known.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        return from op in workflow.Operators.OfType<InferOperator>()
               from variant in op.Variants
               from file in variant.Files
               where !skipped.Contains(Path.GetFullPath(file))
               let wrong = WhatIsWrong(file)
               where wrong is not null
               select $"Model '{op.Model}', variant '{variant.Name}': {wrong}";
    }

    /// <summary>Length and SHA-256 of each file, a line each: a file of the same name with other content is another model.</summary>
    public static string Fingerprint(Workflow workflow) => string.Join(
        '\n',
        workflow.Operators.OfType<InferOperator>().SelectMany(op => op.Variants.SelectMany(v => v.Files.Select(file => $"{op.Id} {v.Name} {ContentOf(file)}"))));

    private static string? WhatIsWrong(string file)
    {
        try
        {
            using var opened = File.OpenRead(file);
            return opened.Length > 0 ? null : $"the file '{file}' is empty. Bring it again.";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return File.Exists(file) ? $"the file '{file}' cannot be opened: {cause.Message}" : $"there is no file '{file}'. Bring it, or correct its path.";
        }
    }

    private static string ContentOf(string file)
    {
        try
        {
            using var opened = File.OpenRead(file);
            return $"{opened.Length} {Convert.ToHexStringLower(SHA256.HashData(opened))}";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return "missing";
        }
    }
}
