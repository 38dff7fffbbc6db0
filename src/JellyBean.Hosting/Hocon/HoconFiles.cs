using JellyBean.Workflows;

namespace JellyBean.Hosting.Hocon;

/// <summary>Finds and reads configuration files and what they include.</summary>
/// <param name="shipped">The folder of the files that come with the program: includes that are not beside their file are looked for there.</param>
internal sealed class HoconFiles(string shipped)
{
    private const int MostDepth = 16;

    /// <summary>The catalogues that come with the program, by name.</summary>
    public IEnumerable<string> Catalogues => Directory.Exists(CatalogueFolder)
        ? Directory.GetFiles(CatalogueFolder, "*.conf").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)
        : [];

    private string CatalogueFolder => Path.Combine(shipped, "infrastructure");

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="askedBy">What asked for it, for the message if it is missing.</param>
    /// <exception cref="HoconException">It is missing or not understood.</exception>
    public HoconObject Read(string path, string askedBy) => Read(path, askedBy, 0);

    /// <summary>Reads a catalogue: a file, or the name of one that comes with the program.</summary>
    /// <param name="nameOrPath">Which.</param>
    /// <param name="folders">Where a file is looked for, in order; then in the current folder.</param>
    /// <param name="askedBy">What asked for it, for the message if there is none.</param>
    /// <exception cref="HoconException">There is none, or it is not understood.</exception>
    public HoconObject ReadCatalogue(string nameOrPath, IEnumerable<string> folders, string askedBy)
    {
        if (folders.Select(f => Path.Combine(f, nameOrPath)).Append(nameOrPath).FirstOrDefault(File.Exists) is { } file)
        {
            return Read(file, askedBy);
        }

        var known = Path.Combine(CatalogueFolder, nameOrPath + ".conf");
        return nameOrPath == Path.GetFileName(nameOrPath) && File.Exists(known)
            ? Read(known, askedBy)
            : throw new HoconException(askedBy, $"there is no catalogue '{nameOrPath}': neither a file nor one of {string.Join(", ", Catalogues)}, which come with the program.{Spelling.DidYouMean(nameOrPath, Catalogues)}");
    }

    private HoconObject Read(string path, string askedBy, int depth)
    {
        if (depth > MostDepth)
        {
            throw new HoconException(askedBy, $"includes are more than {MostDepth} deep, probably in a circle.");
        }

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(askedBy, File.Exists(path) ? $"'{path}' cannot be read: {cause.Message}" : $"there is no file '{path}'. Check its name.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return HoconParser.Parse(text, Path.GetFileName(path), (name, origin) =>
        {
            var beside = Path.GetFullPath(name, folder);
            return Read(File.Exists(beside) ? beside : Path.Combine(shipped, name), origin, depth + 1);
        });
    }
}
