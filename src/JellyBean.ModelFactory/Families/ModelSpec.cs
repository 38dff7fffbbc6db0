using System.Globalization;

namespace JellyBean.ModelFactory.Families;

/// <summary>One model of a family: what its name says.</summary>
/// <param name="Family">The graph it is made from.</param>
/// <param name="Size">Height and width of the input, in pixels.</param>
/// <param name="IsInt8">Whether convolutions work on 8-bit integers.</param>
internal sealed record ModelSpec(ModelFamily Family, int Size, bool IsInt8)
{
    private const string Int8Suffix = "-int8";

    public static IReadOnlyList<ModelFamily> Families { get; } = [NanoDetFamily.Family, CenterNetFamily.Family];

    /// <summary>As in <c>nanodet-352</c> or <c>nanodet-352-int8</c>.</summary>
    public string Name => $"{Family.Name}-{Size.ToString(CultureInfo.InvariantCulture)}{(IsInt8 ? Int8Suffix : "")}";

    /// <summary>Null unless the name is that of a model that can be made.</summary>
    public static ModelSpec? Find(string name)
    {
        bool isInt8 = name.EndsWith(Int8Suffix, StringComparison.Ordinal);
        string floats = isInt8 ? name[..^Int8Suffix.Length] : name;
        int dash = floats.LastIndexOf('-');
        ModelFamily? family = Families.FirstOrDefault(family => dash > 0 && family.Name == floats[..dash]);
        return family is not null
            && int.TryParse(floats[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            && family.Allows(size)
            ? new ModelSpec(family, size, isInt8)
            : null;
    }

    /// <exception cref="ArgumentException">Some names are of no model that can be made; the message has them all.</exception>
    public static IReadOnlyList<ModelSpec> Parse(IEnumerable<string> names)
    {
        string[] distinct = [.. names.Distinct(StringComparer.Ordinal)];
        string[] unknown = [.. distinct.Where(name => Find(name) is null)];
        if (unknown.Length > 0 || distinct.Length == 0)
            throw new ArgumentException(
                $"{(unknown.Length > 0 ? $"No such models: {string.Join(", ", unknown)}" : "No models given")}. "
                + $"There are {string.Join(", and ", Families.Select(family => $"{family.Name}-SIZE with multiples of {family.CoarsestStride} from {family.SmallestSize} to {family.LargestSize} pixels"))}; "
                + $"-int8 at the end asks for 8-bit integers, as in nanodet-352{Int8Suffix}.");
        return [.. distinct.Select(name => Find(name)!)];
    }
}
