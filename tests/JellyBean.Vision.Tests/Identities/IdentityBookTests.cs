using CsCheck;
using JellyBean.Vision.Identities;

namespace JellyBean.Vision.Tests.Identities;

public sealed class IdentityBookTests
{
    private static readonly CameraTrack L1 = new("left", 1);
    private static readonly CameraTrack L2 = new("left", 2);
    private static readonly CameraTrack R1 = new("right", 1);
    private static readonly CameraTrack R2 = new("right", 2);

    [Fact]
    public void Identities_who_meet_are_one_and_others_keep_their_own()
    {
        var book = Seen((L1, 0, 50), (R1, 20, 80), (R2, 30, 40));
        Meet(book, L1, R1, 5);

        Assert.Equal([1, 1, 2], [book.Identities()[L1], book.Identities()[R1], book.Identities()[R2]]);
    }

    [Fact]
    public void Identities_track_that_begins_anew_is_joined_through_the_other_camera()
    {
        var book = Seen((L1, 0, 30), (L2, 40, 70), (R1, 10, 60));
        Meet(book, L1, R1, 8);
        Meet(book, L2, R1, 6);

        Assert.Equal(1, Assert.Single(book.Identities().Values.Distinct()));
    }

    [Fact]
    public void Identities_two_at_one_camera_at_once_are_never_one_and_the_more_frequent_pair_wins()
    {
        var book = Seen((L1, 0, 50), (L2, 0, 50), (R1, 10, 60));
        Meet(book, L1, R1, 4);
        Meet(book, L2, R1, 20);

        var identities = book.Identities();

        Assert.Equal(identities[L2], identities[R1]);
        Assert.NotEqual(identities[L1], identities[R1]);
    }

    [Fact]
    public void Identities_a_glance_is_no_meeting()
    {
        var book = Seen((L1, 0, 50), (R1, 10, 60));
        Meet(book, L1, R1, 2);

        Assert.Equal(2, book.Identities().Values.Distinct().Count());
    }

    [Fact]
    public void Identities_do_not_depend_on_the_order_in_which_things_are_told() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 30], Gen.Int[0, 9]).List[0, 20].Sample(told =>
        {
            var (forwards, backwards) = (new IdentityBook(), new IdentityBook());
            Tell(forwards, told);
            Tell(backwards, Enumerable.Reverse(told));

            var identities = forwards.Identities();

            Assert.Equal(identities, backwards.Identities());
            Assert.Equal(Enumerable.Range(1, identities.Values.Distinct().Count()).Select(i => (long)i), identities.Values.Distinct().Order());
        });

    [Fact]
    public void Meet_at_one_camera_is_refused() => Assert.Throws<ArgumentException>(() => new IdentityBook().Meet(L1, L2));

    private static void Tell(IdentityBook book, IEnumerable<(int Left, int Right, int Frame, int Meetings)> told)
    {
        foreach (var (left, right, frame, meetings) in told)
        {
            book.See(new("left", left), frame);
            book.See(new("right", right), frame);
            Meet(book, new("left", left), new("right", right), meetings);
        }
    }

    private static IdentityBook Seen(params ReadOnlySpan<(CameraTrack Track, long First, long Last)> spans)
    {
        var book = new IdentityBook();
        foreach (var (track, first, last) in spans)
        {
            book.See(track, first);
            book.See(track, last);
        }

        return book;
    }

    private static void Meet(IdentityBook book, CameraTrack one, CameraTrack other, int times)
    {
        for (var i = 0; i < times; i++)
        {
            book.Meet(one, other);
        }
    }
}
