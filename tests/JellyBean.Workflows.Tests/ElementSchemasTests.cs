namespace JellyBean.Workflows.Tests;

public class ElementSchemasTests
{
    private const string Here = "JellyBean.Workflows.Tests.ElementSchemasTests+";

    private enum Colour
    {
        Red = 1,
        Green = 4,
    }

    [Fact]
    public void A_record_is_described_with_all_it_is_made_of_in_the_order_of_its_constructor() => Assert.Equal(
        [
            $"{Here}Box Left:System.Int32 Width:System.Int32 new (Width:System.Int32, Left:System.Int32)",
            $"{Here}Colour enum System.Int32 Red=1 Green=4",
            $"{Here}Picture Boxes:{Here}Box[] Colours:System.Collections.Generic.IReadOnlyList`1[System.Nullable`1[{Here}Colour]] "
                + $"new (Boxes:{Here}Box[], Colours:System.Collections.Generic.IReadOnlyList`1[System.Nullable`1[{Here}Colour]])",
        ],
        Lines(typeof(Picture)));

    [Fact]
    public void Whatever_holds_a_type_describes_it()
    {
        var box = Lines(typeof(Box));

        Assert.Equal(box, Lines(typeof(Box[])));
        Assert.Equal(box, Lines(typeof(List<Box[,]>)));
        Assert.Equal(box, Lines(typeof((int, Box?))));
        Assert.Contains(box[0], Lines(typeof(Held<Box>)));
    }

    [Fact]
    public void A_type_that_holds_itself_is_described_once() => Assert.Single(Lines(typeof(Node)));

    [Fact]
    public void The_frameworks_types_are_not_described() => Assert.Empty(Lines(typeof(Dictionary<string, DateTimeOffset[]>)));

    [Fact]
    public void A_namespace_that_only_begins_like_the_frameworks_is_the_users() => Assert.Single(Lines(typeof(Systems.Probe)));

    private static string[] Lines(Type type)
    {
        var schemas = new ElementSchemas();
        schemas.Add(type);
        return [.. schemas.Lines];
    }

    private readonly record struct Box(int Width, int Left);

    private sealed record Picture(Box[] Boxes, IReadOnlyList<Colour?> Colours);

    private sealed record Held<T>(int Count);

    private sealed record Node(int Depth, Node? Next);
}
