using System.CommandLine;
using System.CommandLine.Parsing;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.CommandLine;

/// <summary>What is wrong with a command line, and, where it names a configuration, with that as well.</summary>
/// <param name="configure">Reads a configuration and collects what is wrong with it.</param>
internal sealed class CommandErrors(Action<ConfigurationRequest, InputErrors> configure)
{
    private readonly Dictionary<Command, Func<ParseResult, ConfigurationRequest>> _configurations = [];

    /// <summary>Says how a command's configuration is read, even if its command line is wrong elsewhere.</summary>
    public void Configures(Command command, Func<ParseResult, ConfigurationRequest> read) => _configurations.Add(command, read);

    /// <summary>Everything that is wrong; empty where the command can be given.</summary>
    public IEnumerable<string> Of(ParseResult parsed)
    {
        // The parser takes an option that it does not know for the value of an argument.
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value);
        var options = taken.Concat(parsed.UnmatchedTokens).Where(t => t.StartsWith('-')).ToList();
        if (parsed.Errors.Count == 0 && options.Count == 0)
        {
            return [];
        }

        // What follows an option that is not known was probably its value; the parser's own words for what it does not know have no suggestion.
        var errors = new InputErrors();
        errors.Add((options.Count > 0 ? options : parsed.UnmatchedTokens).Select(t => Unknown(t.Split('=')[0], parsed.CommandResult)));
        errors.Add(parsed.Errors.Select(e => e.Message).Where(m => !parsed.UnmatchedTokens.Any(t => m.Contains($"'{t}'", StringComparison.Ordinal))));

        // A switch that is neither on nor off has no value.
        if (_configurations.TryGetValue(parsed.CommandResult.Command, out var read) && !parsed.Errors.Any(e => e.SymbolResult is OptionResult { Option: Option<bool> }))
        {
            configure(read(parsed), errors);
        }

        return errors.All;
    }

    private static string Unknown(string token, CommandResult at)
    {
        var isOption = token.StartsWith('-');
        List<string> known = [];
        for (CommandResult? of = at; of is not null; of = of.Parent as CommandResult)
        {
            known.AddRange(isOption ? of.Command.Options.Where(o => of == at || o.Recursive).Select(o => o.Name) : of == at ? of.Command.Subcommands.Select(c => c.Name) : []);
        }

        var (kind, allowed) = isOption ? ("option", "") : at.Command.Subcommands.Count > 0 ? ("command", $"; allowed: {string.Join(", ", known)}") : ("argument", "");
        return $"There is no {kind} '{token}'{allowed}.{Spelling.DidYouMean(token, known)}";
    }
}
