using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace JellyBean.EndToEnd.Tests;

/// <summary>Another build of a program: the same code under another module id, as a compiler would give it, so that its workflow has another fingerprint.</summary>
internal static class OtherBuild
{
    /// <param name="program">The program's assembly; what it needs is beside it.</param>
    /// <param name="folder">Where the other build goes.</param>
    /// <returns>The other build's assembly.</returns>
    public static string Of(string program, string folder)
    {
        var from = Path.GetDirectoryName(program)!;
        Directory.CreateDirectory(folder);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
        {
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(entry)), entry);
        }

        var bytes = File.ReadAllBytes(program);
        var id = IdOf(bytes).ToByteArray();
        var at = bytes.AsSpan().IndexOf(id);
        bytes[at] ^= 0xff;
        var other = Path.Combine(folder, Path.GetFileName(program));
        File.Delete(other);
        File.WriteAllBytes(other, bytes);
        return other;
    }

    private static Guid IdOf(byte[] assembly)
    {
        using var reader = new PEReader(new MemoryStream(assembly));
        var metadata = reader.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }
}
