using JellyBean.Runtime.Sources;

namespace JellyBean.Runtime.Tests.Sources;

public sealed class SourceOptionsTests
{
    [Fact]
    public void Live_source_moves_what_was_dropped_behind_the_last_that_was_admitted_is_dropped_all_the_same()
    {
        var block = SourceNumbers.FirstIn(3);

        var moved = new SourceOptions().GoOn(new SourceState(block + 9, 0, Dropped: 4, Offered: block + 15), isReplayable: false);

        Assert.Equal((block + 15, 9L), (moved.From, moved.Dropped));
    }

    [Fact]
    public void Live_source_goes_on_after_a_crash_what_was_dropped_counts_with_the_numbers_that_it_had()
    {
        var goesOn = new SourceOptions { From = SourceNumbers.FirstIn(4) }.GoOn(new SourceState(9, 0, Dropped: 4, Offered: 15), isReplayable: false);

        Assert.Equal((SourceNumbers.FirstIn(4), 0L), (goesOn.From, goesOn.Dropped));
    }

    [Fact]
    public void File_is_read_again_behind_the_last_element_that_was_admitted()
    {
        var goesOn = new SourceOptions { From = 0 }.GoOn(new SourceState(9, 0, Dropped: 4, Offered: 15), isReplayable: true);

        Assert.Equal((10L, 4L), (goesOn.From, goesOn.Dropped));
    }
}
