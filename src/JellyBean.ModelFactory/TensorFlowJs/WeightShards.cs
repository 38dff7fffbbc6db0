namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>Joins the shard files of one weight group.</summary>
internal static class WeightShards
{
    public static byte[] Read(string folder, IReadOnlyList<string> names, string origin)
    {
        using var joined = new MemoryStream();
        foreach (string name in names)
        {
            string path = PathOf(folder, name, origin);
            if (!File.Exists(path))
                throw new ModelFormatException($"'{origin}' names the weight file '{name}', but '{path}' does not exist. Put all shards beside the model.json.");
            joined.Write(File.ReadAllBytes(path));
        }

        return joined.ToArray();
    }

    /// <summary>A model from elsewhere must not make us read outside its own folder.</summary>
    private static string PathOf(string folder, string name, string origin)
    {
        string path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ModelFormatException($"'{origin}' names the weight file '{name}', which lies outside its folder. Shards must be beside the model.json.");
    }
}
