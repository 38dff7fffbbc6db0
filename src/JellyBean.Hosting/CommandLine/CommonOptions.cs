using System.Collections.Immutable;
using System.CommandLine;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.CommandLine;

/// <summary>The options that <c>run</c> and <c>plan</c> share.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string[]> _config = Several("--config", "FILE", "HOCON configuration; repeatable, later files win. The program's own unless given.");
    private readonly Option<string[]> _set = Several("--set", "KEY=VALUE", "Sets a configuration key, as in jellybean.planning.utilisation-cap=0.7; repeatable.");
    private readonly Option<string?> _accuracy = One("--accuracy", "[METRIC=]X", "The least accuracy, in place of the workflow's own.");
    private readonly Option<string[]> _rate = Several("--rate", "[SOURCE=]X", "Elements per second to plan for, of every source or of one; repeatable.");
    private readonly Option<string?> _catalogue = One("--catalogue", "FILE|NAME", "The machines there are: a file, or the name of a catalogue that comes with the program; laptop unless configured.");
    private readonly Option<string?> _profile = One("--profile", "FILE", "A measured profile. Measured on this machine, once, unless given.");
    private readonly Option<bool> _recalibrate = new("--recalibrate") { Description = "Measures this machine again." };
    private readonly Option<bool> _restore = new("--restore") { Description = "Brings missing model files first." };
    private readonly ImmutableArray<(OperatorId Input, Option<string[]> Option)> _sources;

    public CommonOptions(ProgramDefinition program) => _sources =
    [
        .. program.Inputs.Values.Where(i => i.Option is not null).Select(i =>
            (i.Input, Several(i.Option!, "NAME=URI", $"A source of '{i.Input}'; repeatable. Those given replace the configured ones."))),
    ];

    public static Option<string[]> Several(string name, string value, string help) => new(name) { Description = help, HelpName = value, Arity = ArgumentArity.OneOrMore };

    public static Option<string?> One(string name, string value, string help) => new(name) { Description = help, HelpName = value };

    /// <summary>An option with one of a few values, the first unless given.</summary>
    public static Option<string> Choice(string name, string help, params string[] values)
    {
        var option = new Option<string>(name) { Description = help, HelpName = string.Join('|', values), DefaultValueFactory = _ => values[0] };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Select(t => t.Value).Except(values))
            {
                result.AddError($"{name} is '{token}'; allowed: {string.Join(", ", values)}.{Spelling.DidYouMean(token, values)}");
            }
        });
        return option;
    }

    /// <summary>What was given to an option, also where something else on the command line is wrong.</summary>
    public static ImmutableArray<string> Given(ParseResult parsed, Option option) => [.. parsed.GetResult(option)?.Tokens.Select(t => t.Value) ?? []];

    /// <inheritdoc cref="Given" />
    public static string? One(ParseResult parsed, Option option) => Given(parsed, option).LastOrDefault();

    public static Option<bool> Pace() => new("--pace") { Description = "Sources give their elements at the planned rate, as live ones do, rather than as fast as they are taken; only then is latency comparable with its prediction." };

    /// <summary>Adds those that say where the configuration is.</summary>
    public void AddConfigurationTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_set);
    }

    public void AddTo(Command command)
    {
        Option[] options = [.. _sources.Select(s => s.Option), _config, _set, _catalogue, _accuracy, _rate, _profile, _recalibrate, _restore];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    public PreparationRequest Read(ParseResult parsed, string? output = null) => new()
    {
        Restore = parsed.GetValue(_restore),
        Recalibrate = parsed.GetValue(_recalibrate),
        Configuration = ReadConfiguration(parsed) with { Output = output },
    };

    /// <summary>The configuration that is asked for.</summary>
    public ConfigurationRequest ReadConfiguration(ParseResult parsed) => new()
    {
        Files = Given(parsed, _config),
        Sets = Given(parsed, _set),
        Catalogue = One(parsed, _catalogue),
        Accuracy = One(parsed, _accuracy),
        Rates = Given(parsed, _rate),
        Profile = One(parsed, _profile),
        Sources = _sources.Select(s => (s.Input, Given: Given(parsed, s.Option))).Where(s => s.Given.Length > 0)
            .ToImmutableSortedDictionary(s => s.Input, s => s.Given),
    };
}
