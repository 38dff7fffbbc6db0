using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Truths;

/// <summary>A truth that a program registered, with the outputs whose results it takes.</summary>
internal sealed record TruthRegistration(TruthAdapter Truth, ImmutableArray<OperatorId> Outputs)
{
    /// <summary>Finds what the command line names: <c>FILE</c> where the program has one truth, else <c>OUTPUT=FILE</c>.</summary>
    /// <exception cref="BadInputException">There is no such truth.</exception>
    public static ImmutableArray<TruthFile> Find(ProgramDefinition program, IReadOnlyList<string> given)
    {
        var found = ImmutableArray.CreateBuilder<TruthFile>();
        foreach (var text in given)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            var named = at > 0 ? program.Truths.FirstOrDefault(t => t.Outputs.Any(o => o.Value == text[..at])) : null;
            if (named is null && program.Truths.Length != 1)
            {
                throw new BadInputException(program.Truths.IsEmpty
                    ? $"--truth is '{text}', but the program knows no truth. It registers one with UseTruth."
                    : $"--truth is '{text}'; allowed: OUTPUT=FILE, with OUTPUT one of {string.Join(", ", program.Truths.SelectMany(t => t.Outputs).Order())}.{Spelling.DidYouMean(at > 0 ? text[..at] : "", program.Truths.SelectMany(t => t.Outputs).Select(o => o.Value))}");
            }

            found.Add(new TruthFile(named ?? program.Truths[0], named is null ? text : text[(at + 1)..]));
        }

        return found.Select(f => f.Registration).Distinct().Count() == found.Count
            ? found.ToImmutable()
            : throw new BadInputException("--truth is given twice for the same outputs. Give it once.");
    }
}

/// <summary>A truth file for a registered truth.</summary>
internal sealed record TruthFile(TruthRegistration Registration, string Path);
