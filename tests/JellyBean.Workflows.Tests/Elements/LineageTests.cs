using System.Collections.Immutable;
using CsCheck;
using JellyBean.Workflows.Elements;

namespace JellyBean.Workflows.Tests.Elements;

public class LineageTests
{
    private static readonly Gen<Lineage> Plain =
        Gen.Select(Gen.OneOf(Gen.Const("north"), Gen.Const("south")), Gen.Long[0, 12], Gen.Int[0, 11].Array[0, 3])
            .Select((source, number, path) => path.Aggregate(Lineage.Of(SourceId.Of("in", source), number), (lineage, child) => lineage.Child(child)));

    private static readonly Gen<Lineage> Joined =
        Gen.Select(Plain, Plain, Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 2].Array[0, 2])
            .Select((a, b, place, ordinal, path) => path.Aggregate(Lineage.Joined(a.CompareTo(b) > 0 ? a : b, place, [a, b], ordinal), (lineage, child) => lineage.Child(child)));

    private static readonly Gen<Lineage> Any = Gen.OneOf(Plain, Joined);

    [Fact]
    public void Lineage_order_is_total() => Gen.Select(Any, Any, Any).Sample((a, b, c) =>
    {
        Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
        Assert.Equal(0, a.CompareTo(a));
        Assert.False(a.CompareTo(b) <= 0 && b.CompareTo(c) <= 0 && a.CompareTo(c) > 0);
    });

    [Fact]
    public void Equal_lineages_have_the_same_text_hash_and_place() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        if (a.Equals(b))
        {
            Assert.Equal(a.ToString(), b.ToString());
            Assert.Equal(a.GetHashCode(), b.GetHashCode());
            Assert.Equal(0, a.CompareTo(b));
        }
    });

    [Fact]
    public void Lineages_of_sources_and_children_have_the_same_text_only_if_equal() => Gen.Select(Plain, Plain).Sample((a, b) =>
        Assert.Equal(a.Equals(b), a.ToString() == b.ToString()));

    [Fact]
    public void Children_stand_after_their_element_in_their_order_and_before_the_next_number() => Gen.Select(Any, Gen.Int[0, 1000], Gen.Int[0, 1000]).Sample((a, i, j) =>
    {
        Assert.True(a.CompareTo(a.Child(i)) < 0);
        Assert.Equal(i.CompareTo(j), Math.Sign(a.Child(i).CompareTo(a.Child(j))));
        Assert.True(a.Child(i).CompareTo(Lineage.Of(a.Source, a.Number + 1)) < 0);
    });

    [Fact]
    public void Joined_of_many_has_a_short_text_that_differs_if_any_contributor_does() => Gen.Select(Gen.Int[20, 300], Gen.Int[0, 1000]).Sample((count, at) =>
    {
        var many = Enumerable.Range(0, count).Select(n => Lineage.Of(SourceId.Of("numbers", "a"), n)).ToImmutableArray();
        var other = many.SetItem(at % count, Lineage.Of(SourceId.Of("numbers", "b"), at % count));
        var joined = Lineage.Joined(many[^1], 0, many, 0);
        var nested = Enumerable.Range(0, 8).Aggregate(joined, (inner, _) => Lineage.Joined(many[^1], 0, [inner, joined, inner], 0));

        Assert.InRange(joined.ToString().Length, 1, 300);
        Assert.InRange(nested.ToString().Length, 1, 300);
        Assert.Equal(joined.ToString(), Lineage.Joined(many[^1], 3, many, 0).ToString());
        Assert.NotEqual(joined.ToString(), Lineage.Joined(many[^1], 0, other, 0).ToString());
        Assert.NotEqual(joined.ToString(), Lineage.Joined(many[^1], 0, many, 1).ToString());
    });

    [Fact]
    public void Parent_of_a_child_is_the_element() => Gen.Select(Any, Gen.Int[0, 1000]).Sample((a, i) =>
    {
        Assert.Equal(a, a.Child(i).Parent());
        Assert.Equal(a.ToString(), a.Child(i).Parent().ToString());
    });

    [Fact]
    public void Parent_of_what_is_no_child_throws()
    {
        var element = Lineage.Of(SourceId.Of("in", "north"), 3);
        var joined = Lineage.Joined(element, 0, [element], 0);

        Assert.Contains("a source's own element", Assert.Throws<InvalidOperationException>(element.Parent).Message, StringComparison.Ordinal);
        Assert.Contains("the output of a join or window", Assert.Throws<InvalidOperationException>(joined.Parent).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Joined_stands_at_its_latest_and_is_identified_by_its_contributors_alone() => Gen.Select(Any, Any, Gen.Int[0, 5], Gen.Int[0, 5]).Sample((a, b, place, other) =>
    {
        var joined = Lineage.Joined(a, place, [b, a], 0);

        Assert.Equal((a.Source, a.Number), (joined.Source, joined.Number));
        Assert.True(joined.CompareTo(a) > 0);
        Assert.Equal(place.CompareTo(other), Math.Sign(joined.CompareTo(Lineage.Joined(a, other, [b, a], 0))));
        Assert.Equal($"({b}+{a})[0]", joined.ToString());
        Assert.Equal(joined.Child(2).ToString(), Lineage.Joined(a, other, [b, a], 0).Child(2).ToString());
        Assert.NotEqual(joined.ToString(), Lineage.Joined(a, place, [b, a], 1).ToString());
    });

    [Fact]
    public void Numbers_and_children_are_ordered_as_numbers_not_as_text()
    {
        var source = SourceId.Of("in", "north");

        Assert.True(Lineage.Of(source, 9).CompareTo(Lineage.Of(source, 10)) < 0);
        Assert.True(Lineage.Of(source, 1).Child(9).CompareTo(Lineage.Of(source, 1).Child(10)) < 0);
        Assert.Equal("in/north#1.9", Lineage.Of(source, 1).Child(9).ToString());
    }
}
