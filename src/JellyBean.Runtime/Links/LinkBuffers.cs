using System.Buffers;

namespace JellyBean.Runtime.Links;

/// <summary>Where links rent their buffers.</summary>
internal static class LinkBuffers
{
    public static ArrayPool<byte> Pool => ArrayPool<byte>.Shared;
}
