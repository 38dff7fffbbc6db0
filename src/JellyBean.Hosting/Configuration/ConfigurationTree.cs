using System.Collections.Immutable;
using JellyBean.Hosting.Hocon;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>Puts configuration files and the command line together into one tree: later files over earlier ones, options over files.</summary>
internal sealed class ConfigurationTree
{
    public const string Root = "jellybean";

    private const string Infrastructure = "infrastructure";
    private const string DefaultCatalogue = "laptop";

    private readonly HoconObject _tree = new("");
    private readonly ConfigurationRequest _request;
    private readonly HoconFiles _files;
    private readonly ICollection<string> _errors;

    private ConfigurationTree(ConfigurationRequest request, HoconFiles files, ICollection<string> errors) => (_request, _files, _errors) = (request, files, errors);

    /// <summary>Reads all files that can be read, and says of which parts that is not everything.</summary>
    public static LoadedTree Load(ProgramDefinition program, ConfigurationRequest request, HoconFiles files, Func<string, string?> environment, ICollection<string> errors)
    {
        var loading = new ConfigurationTree(request, files, errors);
        ImmutableArray<string> wanted = !request.Files.IsEmpty ? request.Files : program.DefaultConfiguration is { } own ? [own] : [];
        var isRead = loading.ReadFiles(wanted);
        foreach (var (input, sources) in request.Sources)
        {
            loading.ReplaceSources(input, program.Inputs[input].Option!, sources);
        }

        var mixed = loading.MixedCatalogues();
        loading.Apply(request.Sets);
        var hasCatalogue = loading.ChooseCatalogue(wanted, environment, mixed);

        // What a reference leads to may stand in what could not be read.
        var tree = new HoconResolver(loading._tree, environment, isRead && hasCatalogue ? errors : []).Resolve();
        return new LoadedTree(tree, isRead, hasCatalogue && (isRead || request.Catalogue is not null));
    }

    private bool ReadFiles(ImmutableArray<string> files)
    {
        var isRead = true;
        foreach (var file in files)
        {
            isRead &= Try(() => _tree.Merge(_files.Read(file, _request.Files.IsEmpty ? "the program" : "--config")));
        }

        return isRead;
    }

    private void ReplaceSources(OperatorId input, string option, ImmutableArray<string> sources)
    {
        var replaced = new HoconObject(option);
        foreach (var source in sources)
        {
            var (name, uri) = ConfigurationReader.Divide(source);
            if (name is null or "" || uri.Length == 0 || name.Contains('/', StringComparison.Ordinal))
            {
                _errors.Add($"{option} is '{Credentials.Hidden(source)}'; allowed: NAME=URI, as in {option} door=door.mp4, where the name has no '/'.");
            }
            else if (replaced[name] is not null)
            {
                _errors.Add($"{option} names '{name}' twice; allowed: each name once.");
            }
            else
            {
                replaced.SetPath([name, "uri"], new HoconText(uri, option));
            }
        }

        _tree.ReplacePath([Root, "inputs", input.Value], replaced);
    }

    private void Apply(IEnumerable<string> sets)
    {
        foreach (var set in sets)
        {
            Try(() => Set(set));
        }
    }

    private void Set(string set)
    {
        const string Origin = "--set";
        var (key, value) = ConfigurationReader.Divide(set);
        if (key is null)
        {
            throw new HoconException(Origin, $"'{Credentials.Hidden(set)}' has no value; write key=value, as in jellybean.planning.utilisation-cap=0.7");
        }

        // What is no HOCON value, such as a path with blanks or commas, is meant as text.
        HoconNode node;
        try
        {
            node = HoconParser.Parse($"value = {value}", Origin, (_, _) => throw new HoconException(Origin, "cannot include"))["value"]!;
        }
        catch (HoconException)
        {
            node = new HoconText(value, Origin);
        }

        _tree.SetPath([.. HoconParser.ParsePath(key, Origin)], node with { Origin = Origin });
    }

    // The command line's catalogue, or the one that a key names, is in place of all that files say of machines; only single keys that the command line sets go over it.
    private bool ChooseCatalogue(ImmutableArray<string> files, Func<string, string?> environment, string? mixed)
    {
        var key = (new HoconResolver(_tree, environment, []).Resolve()[Root] as HoconObject)?["catalogue"] as HoconText;
        if (_request.Catalogue is { } asked)
        {
            return Replace(asked, [], "--catalogue");
        }

        if (key is not null)
        {
            return Replace(key.Value, [.. files.Reverse().Select(f => Path.GetDirectoryName(Path.GetFullPath(f))!)], key.Origin);
        }

        if (mixed is not null)
        {
            _errors.Add(mixed);
            return false;
        }

        return (_tree[Root] as HoconObject)?[Infrastructure] is not null || Try(() => _tree.Merge(_files.ReadCatalogue(DefaultCatalogue, [], "the host")));
    }

    private bool Replace(string catalogue, IReadOnlyList<string> folders, string askedBy)
    {
        _tree.ReplacePath([Root, Infrastructure], new HoconNull(askedBy));
        var isRead = Try(() => _tree.Merge(_files.ReadCatalogue(catalogue, folders, askedBy)));
        Apply(_request.Sets.Where(s => s.StartsWith($"{Root}.{Infrastructure}", StringComparison.Ordinal)));
        return isRead;
    }

    // A catalogue has a name; two names are two catalogues, and keys of both would make machines that nobody has.
    private string? MixedCatalogues()
    {
        var names = ((_tree[Root] as HoconObject)?[Infrastructure] as HoconObject)?.Written("name").OfType<HoconText>().DistinctBy(n => n.Origin).ToList() ?? [];
        return names.Count < 2
            ? null
            : $"{Root}.{Infrastructure} is {names.Count} catalogues in one: {string.Join(" and ", names.Select(n => $"'{n.Value}' ({n.Origin})"))}; allowed: one. "
                + $"Write {Root}.catalogue = FILE, which is in place of all others, rather than include a second one; a catalogue of which you change single keys keeps its name.";
    }

    private bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (HoconException wrong)
        {
            // Options for machines are applied twice, before and after a catalogue takes its place.
            if (!_errors.Contains(wrong.Message))
            {
                _errors.Add(wrong.Message);
            }

            return false;
        }
    }
}

/// <summary>A configuration as far as it could be read.</summary>
/// <param name="Tree">What was read.</param>
/// <param name="IsWhole">Whether every file was; what is missing says nothing otherwise.</param>
/// <param name="HasCatalogue">Whether all that is said of machines was.</param>
internal sealed record LoadedTree(HoconObject Tree, bool IsWhole, bool HasCatalogue);
