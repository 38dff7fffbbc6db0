using System.Globalization;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>One result of a node; written <c>name</c> for the first and <c>name:1</c> and so on for the others.</summary>
internal readonly record struct NodeOutput(string Node, int Port)
{
    private const char ControlMark = '^';
    private const char PortMark = ':';

    public static bool IsControl(string reference) => reference.StartsWith(ControlMark);

    public static NodeOutput Parse(string reference)
    {
        int mark = reference.LastIndexOf(PortMark);
        return mark > 0 && int.TryParse(reference.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? new NodeOutput(reference[..mark], port)
            : new NodeOutput(reference, 0);
    }

    public override string ToString() => Port == 0 ? Node : $"{Node}{PortMark}{Port.ToString(CultureInfo.InvariantCulture)}";
}
