namespace JellyBean.Workflows.Tests;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("egde", "edge,cloud,hub", " Did you mean 'edge'?")]
    [InlineData("--accurracy", "--accuracy,--rate", " Did you mean '--accuracy'?")]
    [InlineData("EDGE", "edge,cloud", " Did you mean 'edge'?")]
    [InlineData("stauts", "start,status,stop", " Did you mean 'status'?")]
    [InlineData("gate-3", "gate-1,gate-2,yard", " Did you mean 'gate-1' or 'gate-2'?")]
    public void Name_that_is_near_is_suggested(string found, string known, string expected) =>
        Assert.Equal(expected, Spelling.DidYouMean(found, known.Split(',')));

    [Theory]
    [InlineData("fog", "edge,cloud")]
    [InlineData("x", "y,z")]
    [InlineData("", "a")]
    [InlineData("edge-9", "edge-1,edge-2,edge-3")]
    [InlineData("anything", "")]
    public void Nothing_is_suggested_where_nothing_is_near_or_everything_is(string found, string known) =>
        Assert.Equal("", Spelling.DidYouMean(found, known.Split(',')));

    [Fact]
    public void Any_one_slip_in_a_word_of_six_letters_finds_it_again()
    {
        const string Word = "camera";
        var random = new Random(7);
        for (var trial = 0; trial < 500; trial++)
        {
            var at = random.Next(Word.Length);
            var letter = (char)('a' + random.Next(26));
            var slip = random.Next(4) switch
            {
                0 => Word.Remove(at, 1),
                1 => Word.Insert(at, $"{letter}"),
                2 => Word.Remove(at, 1).Insert(at, $"{letter}"),
                _ => at == 0 ? Word : $"{Word[..(at - 1)]}{Word[at]}{Word[at - 1]}{Word[(at + 1)..]}",
            };

            Assert.Equal(" Did you mean 'camera'?", Spelling.DidYouMean(slip, ["tracker", Word, "sink"]));
        }
    }

    [Fact]
    public void Endless_names_are_not_compared() => Assert.Equal("", Spelling.DidYouMean(new string('a', 100_000), [new string('a', 99_999)]));
}
