namespace JellyBean.Runtime.Tests.Links;

public sealed class LinkFuzzTests
{
    [Fact]
    public void Link_damaged_greetings_and_frames_are_refused_and_nothing_else()
    {
        var fuzz = new LinkFuzz(seed: 11);

        for (var i = 0; i < 20_000; i++)
        {
            Assert.Null(fuzz.Try());
        }

        Assert.True(fuzz.Read > 1000);
    }
}
