using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Hosting.Hocon;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads all of the configuration in one place, checks it whole and reports everything that is wrong at once.</summary>
internal sealed class ConfigurationReader
{
    private readonly ProgramDefinition _program;
    private readonly ConfigurationRequest _request;
    private readonly LoadedTree _loaded;
    private readonly InputErrors _errors;
    private readonly HashSet<SourceId> _wrong = [];

    private ConfigurationReader(ProgramDefinition program, ConfigurationRequest request, LoadedTree loaded, InputErrors errors) =>
        (_program, _request, _loaded, _errors) = (program, request, loaded, errors);

    /// <param name="program">What there is to configure.</param>
    /// <param name="request">What the command line says.</param>
    /// <param name="files">Finds files.</param>
    /// <param name="environment">Gives an environment variable; null where it is not set.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <returns>What can be used, of the sources those with which nothing is wrong; all of it where there is no error.</returns>
    public static HostConfiguration Read(ProgramDefinition program, ConfigurationRequest request, HoconFiles files, Func<string, string?> environment, InputErrors errors)
    {
        errors.Add(program.Mistakes());
        var loaded = ConfigurationTree.Load(program, request, files, environment, errors.All);
        return new ConfigurationReader(program, request, loaded, errors).Read(environment);
    }

    private HostConfiguration Read(Func<string, string?> environment)
    {
        var tree = _loaded.Tree;
        foreach (var key in tree.Keys.Where(k => k != ConfigurationTree.Root))
        {
            // Keys of one's own are for references.
            if (Spelling.DidYouMean(key, [ConfigurationTree.Root]) is { Length: > 0 } suggestion)
            {
                _errors.Add($"'{key}' ({tree[key]!.Origin}) is read by nobody.{suggestion}");
            }
        }

        var root = new SectionReader(tree[ConfigurationTree.Root] as HoconObject, ConfigurationTree.Root, _errors.All, _loaded.IsWhole);
        root.Text("catalogue");
        var (catalogue, workers) = ReadCatalogue(root.Section("infrastructure"));

        // Read even where the command line decides: a key counts as known only once it was read.
        var output = root.Text("output") ?? "output";
        var folder = Path.GetFullPath(_request.Output ?? output);
        var configuration = new HostConfiguration
        {
            Catalogue = catalogue,
            Sources = ReadSources(root.Section("inputs"), workers),
            Objectives = ReadObjectives(root.Section("objectives")),
            Planning = PlanningReader.Read(root.Section("planning"), _request, catalogue.Tiers, _errors.All),
            Percentile = PlanningReader.ReadPercentile(_request, _errors.All),
            Cluster = ClusterReader.Read(root.Section("cluster")) with { Adaptation = AdaptationReader.Read(root.Section("adaptation")), Replanning = ReplanningReader.Read(root.Section("replanning")) },
            Links = LinkReader.Read(root.Section("links")),
            Snapshots = SnapshotReader.Read(root.Section("snapshots"), folder),
            HasSnapshotFolder = root.Section("snapshots").Text("folder") is not null,
            Node = new NodeReader(root.Section("node"), _request.Node, environment, _errors.All).Read(catalogue.Tiers),
            ProfileFile = _request.Profile ?? root.Section("profile").Text("file") ?? _program.DefaultProfile,
            Calibration = ReadCalibration(root.Section("profile")),
            OutputFolder = folder,
        };
        configuration = configuration with
        {
            Http = ControlReader.Read(root.Section("control"), configuration.Node.Advertise),
            Provisioning = ProvisionerReader.Read(root.Section("provisioner")),
        };
        root.RejectUnknown();
        return configuration;
    }

    // The workers are null where the catalogue is not understood: nothing can then be said of a source's node.
    private (InfrastructureCatalogue Catalogue, IReadOnlyList<WorkerId>? Workers) ReadCatalogue(SectionReader section)
    {
        if (!_loaded.HasCatalogue)
        {
            return (new InfrastructureCatalogue { Name = "unread", Tiers = [], WorkerTypes = [], Workers = [], Links = [] }, null);
        }

        var before = _errors.All.Count;
        var catalogue = CatalogueReader.Read(section, Environment.ProcessorCount);
        IReadOnlyList<WorkerId>? workers = _errors.All.Count == before ? [.. catalogue.Workers.Select(w => w.Id)] : null;
        _errors.Add(catalogue.Validate().Select(e => $"{section.Origin}: {e}"));
        return (catalogue, workers);
    }

    private ImmutableArray<SourceConfiguration> ReadSources(SectionReader inputs, IReadOnlyList<WorkerId>? workers)
    {
        var sources = ImmutableArray.CreateBuilder<SourceConfiguration>();
        foreach (var registration in _program.Inputs.Values)
        {
            var section = inputs.Section(registration.Input.Value);
            foreach (var (name, keys) in section.Sections())
            {
                sources.Add(ReadSource(registration, name, keys, workers));
            }

            // Sources that an option gave, and that are all wrong, have their errors already.
            if (!section.Keys.Any() && !_request.Sources.ContainsKey(registration.Input) && _loaded.IsWhole && _request.NeedsSources)
            {
                _errors.Add($"{section.Path} has no source; allowed: at least one section, as in {section.Path}.one {{ … }}{(registration.Option is { } option ? $", or {option} NAME=URI" : "")}.");
            }
        }

        inputs.RejectUnknown();
        return ApplyRates(sources.DrainToImmutable()).RemoveAll(s => _wrong.Contains(s.Id));
    }

    private SourceConfiguration ReadSource(InputRegistration registration, string name, SectionReader keys, IReadOnlyList<WorkerId>? workers)
    {
        if (name.Contains('/', StringComparison.Ordinal) || name.Any(char.IsWhiteSpace))
        {
            _errors.Add($"{keys.Path} is no name for a source; allowed: words joined by '-', without '/' or blanks.");
        }

        var (values, origins) = keys.Flatten();
        var settings = new SourceSettings(keys.Path, name, values, origins) { IsWhole = _loaded.IsWhole };
        var source = SourceKeys.Read(registration, settings, values, keys.Path, workers) with { Origins = origins };
        if (settings.Errors.Count > 0)
        {
            _errors.Add(settings.Errors);
            _wrong.Add(source.Id);
        }

        return source;
    }

    private ImmutableArray<SourceConfiguration> ApplyRates(ImmutableArray<SourceConfiguration> sources)
    {
        foreach (var text in _request.Rates)
        {
            var (name, number) = Divide(text);
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || !(rate > 0) || !double.IsFinite(rate))
            {
                _errors.Add($"--rate is '{text}'; allowed: elements per second above 0, for every source, or SOURCE=X for one.");
            }
            else if (name is not null && _loaded.IsWhole && sources.All(s => s.Name != name && s.Id.Value != name))
            {
                _errors.Add($"--rate names source '{name}', which is unknown; allowed: {string.Join(", ", sources.Select(s => s.Name))}.{Spelling.DidYouMean(name, sources.Select(s => s.Name))}");
            }
            else
            {
                sources = [.. sources.Select(s => name is null || s.Name == name || s.Id.Value == name ? s with { Rate = rate } : s)];
            }
        }

        return sources;
    }

    private ImmutableSortedDictionary<OperatorId, Objectives> ReadObjectives(SectionReader section)
    {
        var result = ImmutableSortedDictionary.CreateBuilder<OperatorId, Objectives>();
        var outputs = _program.Workflow.Operators.OfType<OutputOperator>().ToList();
        foreach (var output in outputs)
        {
            var keys = section.Section(output.Id.Value);
            if (keys.IsPresent)
            {
                result[output.Id] = ReadObjectives(keys, output.Objectives);
                keys.RejectUnknown();
            }
        }

        section.RejectUnknown();
        if (_request.Accuracy is { } text)
        {
            var floored = outputs.Where(o => Of(o).Accuracy is not null).ToList();
            var (metric, number) = Divide(text);
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var least) || !double.IsFinite(least) || least < 0 || metric is "")
            {
                _errors.Add($"--accuracy is '{text}'; allowed: a number, 0 or more, or METRIC=X, as in mota=0.7.");
            }
            else if (metric is null && floored.Count == 0)
            {
                _errors.Add($"--accuracy is '{text}', but no output of workflow '{_program.Workflow.Name}' names a metric; allowed: METRIC=X.");
            }
            else
            {
                foreach (var output in floored.Count > 0 ? floored : outputs)
                {
                    result[output.Id] = Of(output) with { Accuracy = new AccuracyFloor(metric ?? Of(output).Accuracy!.Metric, least) };
                }
            }
        }

        CheckFloors(outputs, Of);
        return result.ToImmutable();

        Objectives Of(OutputOperator output) => result.TryGetValue(output.Id, out var replaced) ? replaced : output.Objectives;
    }

    // A plan with more errors than a floor says would meet it.
    private void CheckFloors(List<OutputOperator> outputs, Func<OutputOperator, Objectives> objectivesOf)
    {
        var others = outputs.Select(o => o.Objectives.Accuracy?.Metric).OfType<string>().Concat(_program.Accuracies.Select(a => a.Metric))
            .Distinct().Where(m => !_program.IsLessBetter(m)).Order(StringComparer.Ordinal).ToList();
        var instead = others.Count > 0 ? $", such as {string.Join(", ", others)}" : "";
        _errors.Add(
            from output in outputs
            let metric = objectivesOf(output).Accuracy?.Metric
            where metric is not null && _program.IsLessBetter(metric)
            select $"Output '{output.Id}': accuracy '{metric}' cannot be asked for: less of it is better, and an objective asks for at least so much. Ask for a metric of which more is better{instead}.");
    }

    private static Objectives ReadObjectives(SectionReader keys, Objectives own)
    {
        var accuracy = keys.Section("accuracy");
        var floor = own.Accuracy;
        if (accuracy.IsPresent)
        {
            var metric = accuracy.Text("metric") ?? floor?.Metric ?? accuracy.RequiredText("metric", "a metric's name, as in mota");
            accuracy.RequiredText("least", "a number, 0 or more, in the metric's unit");
            floor = new AccuracyFloor(metric, accuracy.Number("least", 0, double.MaxValue, "a number, 0 or more, in the metric's unit") ?? 0);
            accuracy.RejectUnknown();
        }

        return own with { Accuracy = floor, P99 = keys.Duration("p99") ?? own.P99 };
    }

    private static CalibrationOptions ReadCalibration(SectionReader keys)
    {
        var defaults = new CalibrationOptions();
        var options = defaults with
        {
            Elements = keys.Integer("elements", 1, 10_000) ?? defaults.Elements,
            Stride = keys.Integer("stride", 1, 1_000) ?? defaults.Stride,
            Budget = keys.Duration("budget") ?? defaults.Budget,
        };
        keys.Text("file");
        keys.RejectUnknown();
        return options;
    }

    /// <summary>What stands before the first '=' and after it; null before it where there is none.</summary>
    internal static (string? Name, string Value) Divide(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? (text[..at].Trim(), text[(at + 1)..].Trim()) : (null, text.Trim());
}
