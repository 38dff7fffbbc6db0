using System.CommandLine;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;

namespace JellyBean.Hosting.CommandLine;

/// <summary>The options of <c>plan</c>.</summary>
internal sealed class PlanOptions
{
    private readonly CommonOptions _common;
    private readonly Option<string?> _mode = CommonOptions.One("--mode", string.Join('|', PlanningModes.ByName.Keys), "What the planner may do: every freedom, or the published planner's rules and steps between.");
    private readonly Option<string?> _utilisation = CommonOptions.One("--utilisation", "X", "The most that workers may be busy, above 0 to 1.");
    private readonly Option<string?> _percentile = CommonOptions.One("--percentile", "N", "Plans with this percentile of the measured times, where the profile has it, in place of their means.");
    private readonly Option<string[]> _spare = CommonOptions.Several("--spare", "TIER", "A tier in which any one machine may fail without the rest being overloaded; repeatable.");
    private readonly Option<string?> _batch = CommonOptions.One("--batch", "FILE", "Plans each line of a CSV file whose header names some of mode, accuracy, rate, percentile, utilisation; answers with CSV.");
    private readonly Option<string?> _whatIf = CommonOptions.One("--what-if", "CHANGES", "Asks with figures changed, as in rate=2x,link.edge-cloud.price=1.5,worker.edge-1=down.");
    private readonly Option<bool> _front = new("--front") { Description = "Shows what accuracy costs instead: the cheapest plan for each floor that makes a difference, from --accuracy upwards." };
    private readonly Option<string?> _plot = CommonOptions.One("--plot", "NAME", "Draws the front as NAME.svg, and NAME.png where the program draws pictures.");
    private readonly Option<bool> _brief = new("--brief") { Description = "Shows the plan without why it is as it is, which takes many more plans to find out." };
    private readonly Option<string> _format = CommonOptions.Choice("--format", "How the plan is shown.", "text", "json", "dot", "svg");
    private readonly Option<bool> _json = new("--json") { Description = "The same as --format json." };

    public PlanOptions(ProgramDefinition program) => _common = new CommonOptions(program);

    public void AddTo(Command command)
    {
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(_batch) is not null && parsed.GetValue(_whatIf) is not null)
            {
                parsed.AddError("--batch and --what-if cannot be given together: cells say themselves what is asked.");
            }
        });
        _common.AddTo(command);
        Option[] options = [_mode, _utilisation, _percentile, _spare, _whatIf, _batch, _brief, _front, _plot, _format, _json];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The configuration that is asked for.</summary>
    public ConfigurationRequest ReadConfiguration(ParseResult parsed) => _common.ReadConfiguration(parsed) with
    {
        Mode = CommonOptions.One(parsed, _mode),
        Utilisation = CommonOptions.One(parsed, _utilisation),
        Percentile = CommonOptions.One(parsed, _percentile),
        Spares = CommonOptions.Given(parsed, _spare),
    };

    public PlanRequest Read(ParseResult parsed) => new()
    {
        Preparation = _common.Read(parsed) with { Configuration = ReadConfiguration(parsed) },
        Format = parsed.GetValue(_json) ? PlanFormat.Json : Enum.Parse<PlanFormat>(parsed.GetValue(_format)!, ignoreCase: true),
        Front = parsed.GetValue(_front) || parsed.GetValue(_plot) is not null,
        Plot = parsed.GetValue(_plot),
        Brief = parsed.GetValue(_brief),
        WhatIf = parsed.GetValue(_whatIf),
        Batch = parsed.GetValue(_batch),
    };
}
