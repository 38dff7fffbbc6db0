using System.Text;

namespace JellyBean.Onnx.Tests;

/// <summary>Writes small ONNX models by hand: just enough protobuf for a graph of a few nodes without weights.</summary>
internal static class OnnxBytes
{
    public const int Float = 1;
    public const int Byte = 2;
    public const int Int64 = 7;

    /// <summary>A graph; a dimension of -1 is left open.</summary>
    public static byte[] Model(byte[][] nodes, byte[][] inputs, byte[][] outputs)
    {
        byte[] graph = [.. nodes.SelectMany(n => Field(1, n)), .. Text(2, "g"), .. inputs.SelectMany(i => Field(11, i)), .. outputs.SelectMany(o => Field(12, o))];
        byte[] opset = [.. Text(1, ""), .. Number(2, 13)];
        return [.. Number(1, 7), .. Field(7, graph), .. Field(8, opset)];
    }

    public static byte[] Node(string op, string[] inputs, string output, params byte[][] attributes) =>
        [.. inputs.SelectMany(i => Text(1, i)), .. Text(2, output), .. Text(4, op), .. attributes.SelectMany(a => Field(5, a))];

    public static byte[] Attribute(string name, long value) => [.. Text(1, name), .. Number(3, value), .. Number(20, 2)];

    public static byte[] Attribute(string name, params long[] values) => [.. Text(1, name), .. values.SelectMany(v => Number(8, v)), .. Number(20, 7)];

    public static byte[] Value(string name, int type, params long[] shape)
    {
        byte[] dimensions = [.. shape.SelectMany(d => Field(1, d < 0 ? Text(2, "n" + name) : Number(1, d)))];
        byte[] tensor = [.. Number(1, type), .. Field(2, dimensions)];
        return [.. Text(1, name), .. Field(2, Field(1, tensor))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
