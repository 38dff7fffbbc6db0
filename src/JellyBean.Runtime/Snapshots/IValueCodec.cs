namespace JellyBean.Runtime.Snapshots;

/// <summary>Writes the values of elements that wait in joins, windows and merges, and reads them again.</summary>
internal interface IValueCodec
{
    /// <param name="type">What the flow carries.</param>
    /// <param name="value">One of it.</param>
    byte[] Encode(Type type, object value);

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    object Decode(Type type, ReadOnlyMemory<byte> bytes);
}
