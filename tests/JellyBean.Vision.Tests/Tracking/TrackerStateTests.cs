using CsCheck;
using JellyBean.Vision.Appearance;
using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Tests.Tracking;

public sealed class TrackerStateTests
{
    private static readonly Look Red = new([1, 0]);
    private static readonly Look Blue = new([0, 1]);

    private static readonly Gen<List<Sighting>> Walks =
        Gen.Select(
            Gen.Int[0, 80], Gen.Int[0, 80], Gen.Int[5, 20], Gen.Int[10, 40], Gen.Int[1, 10], Gen.Bool,
            (x, y, w, h, s, red) => (Box: new Box(x, y, w, h, s / 10f), Look: red ? Red : Blue))
        .List[0, 6].List[1, 12]
        .Select(frames => frames.Select((boxes, n) => See(n, [.. boxes.Select(b => (b.Box, b.Look))])).ToList());

    [Fact]
    public void Advance_one_walker_keeps_one_identity()
    {
        var tracked = Run(Enumerable.Range(0, 20).Select(n => See(n, Walker(10 + (n * 4)))));

        Assert.Equal([1L], tracked.Select(t => t.Track).Distinct());
        Assert.True(tracked.Count >= 18);
        Assert.True(tracked[^1].Box.IoU(Walker(10 + (19 * 4))) > 0.8f);
    }

    [Fact]
    public void Advance_a_box_seen_once_is_not_reported() =>
        Assert.Empty(Run([See(0, Walker(10)), See(1), See(2), See(3)]));

    [Fact]
    public void Advance_two_who_cross_keep_their_identities()
    {
        var tracked = Run(Enumerable.Range(0, 30).Select(n => See(n, (Walker(n * 6), Red), (Walker(174 - (n * 6)), Blue))));

        Assert.Equal([1L, 2L], tracked.Select(t => t.Track).Distinct().Order());
        var last = tracked.Where(t => t.Number == 29).ToDictionary(t => t.Track, t => t.Box.X);
        Assert.True(last[1] > 150 && last[2] < 20);
    }

    [Fact]
    public void Advance_hidden_for_a_second_is_the_same_afterwards()
    {
        var tracked = Run(Enumerable.Range(0, 40).Select(n => n is >= 15 and < 25 ? See(n) : See(n, Walker(n * 4))));

        Assert.Equal([1L], tracked.Select(t => t.Track).Distinct());
        Assert.Contains(tracked, t => t.Number == 39);
    }

    [Fact]
    public void Advance_unsure_boxes_continue_a_track_but_begin_none()
    {
        var unsure = 0.2f;

        var continued = Run(Enumerable.Range(0, 20).Select(n => See(n, Walker(n * 4) with { Score = n < 5 ? 0.9f : unsure })));
        var begun = Run(Enumerable.Range(0, 20).Select(n => See(n, Walker(n * 4) with { Score = unsure })));

        Assert.Equal(19, continued[^1].Number);
        Assert.Empty(begun);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(15)]
    public void Advance_two_cross_and_one_hides_the_other_meanwhile_keep_their_identities(int hiddenFrames)
    {
        // They meet in frame 25; the blue one, behind, is not seen around it.
        var sightings = Enumerable.Range(0, 50).Select(n =>
        {
            var (front, behind) = (Walker(n * 4), Walker(200 - (n * 4)));
            return Math.Abs(n - 25) * 2 <= hiddenFrames ? See(n, (front, Red)) : See(n, (front, Red), (behind, Blue));
        });

        var tracked = Run(sightings);

        Assert.Equal([1L, 2L], tracked.Select(t => t.Track).Distinct().Order());
        var last = tracked.Where(t => t.Number == 49).ToDictionary(t => t.Track, t => t.Box.X);
        Assert.True(last[1] > 180 && last[2] < 20);
    }

    [Fact]
    public void Advance_half_hidden_by_another_is_followed_through_unsure_boxes()
    {
        var sightings = Enumerable.Range(0, 30).Select(n =>
            See(n, (Walker(60), Red), (Walker(20 + (n * 3)) with { Score = n is > 8 and < 20 ? 0.2f : 0.9f }, Blue)));

        var tracked = Run(sightings);

        Assert.Equal([1L, 2L], tracked.Select(t => t.Track).Distinct().Order());
        Assert.Equal(29, tracked.Count(t => t.Track == 2));
    }

    [Fact]
    public void Advance_leaves_the_picture_and_comes_back_soon_is_the_same_and_another_who_comes_is_not()
    {
        // Out at the left edge in frame 10, in again there in frame 25.
        static Box Edge(int n) => Walker(n < 10 ? 36 - (n * 4) : (n - 25) * 4);
        var same = Run(Enumerable.Range(0, 40).Select(n => n is >= 10 and < 25 ? See(n) : See(n, (Edge(n), Red))));
        var other = Run(Enumerable.Range(0, 40).Select(n => n is >= 10 and < 25 ? See(n) : See(n, (Edge(n), n < 10 ? Red : Blue))));

        Assert.Equal([1L], same.Select(t => t.Track).Distinct());
        Assert.Equal([1L, 2L], other.Select(t => t.Track).Distinct());
    }

    [Fact]
    public void Advance_what_is_only_ever_half_seen_ends()
    {
        // A post that was once taken for somebody, and looks a little like it for ever.
        var tracked = Run(Enumerable.Range(0, 100).Select(n => See(n, Walker(50) with { Score = n < 3 ? 0.9f : 0.2f })));

        Assert.InRange(tracked[^1].Number, 10, 30);
    }

    [Fact]
    public void Advance_found_again_by_look_where_it_turned_round()
    {
        // Walks on behind a wall, comes out where it went in: not where it is expected.
        var sightings = Enumerable.Range(0, 45).Select(n => n is >= 12 and < 30 ? See(n) : See(n, (Walker(n < 12 ? n * 5 : 60 - ((n - 30) * 5)), Red)));

        Assert.Equal([1L], Run(sightings).Select(t => t.Track).Distinct());
    }

    [Fact]
    public void Advance_comes_back_long_after_is_somebody_new()
    {
        var tracked = Run(Enumerable.Range(0, 100).Select(n => n is >= 10 and < 80 ? See(n) : See(n, Walker(50))));

        Assert.Equal([1L, 2L], tracked.Select(t => t.Track).Distinct());
    }

    [Fact]
    public void Advance_classes_do_not_mix()
    {
        var tracked = Run(Enumerable.Range(0, 10).Select(n => See(n, Walker(50), Walker(52) with { Class = 7 })));

        Assert.Equal([(1L, 0), (2L, 7)], tracked.Where(t => t.Number == 9).Select(t => (t.Track, t.Box.Class)));
    }

    [Fact]
    public void Advance_looks_without_boxes_are_refused() =>
        Assert.Throws<ArgumentException>(() => TrackerState.Create().Advance(new Sighting("north", 0, DateTimeOffset.UnixEpoch, [Walker(1)], [Red, Blue])));

    [Fact]
    public void Snapshot_and_restore_anywhere_change_nothing_that_follows() =>
        Gen.Select(Walks, Gen.Int[0, 12]).Sample((walk, cut) =>
        {
            var (whole, moved) = (TrackerState.Create(), Tracker.State.Create());
            foreach (var (n, sighting) in walk.Index())
            {
                if (n == cut % walk.Count)
                {
                    moved = Tracker.State.Restore(Tracker.State.Snapshot(moved));
                }

                Assert.Equal(whole.Advance(sighting), moved.Advance(sighting));
            }

            Assert.Equal(whole.Snapshot(), moved.Snapshot());
        });

    [Fact]
    public void Restore_damaged_bytes_give_a_state_or_InvalidData() =>
        Gen.Select(Gen.Int[0, 500], Gen.Byte, Gen.Int[0, 500]).Sample((at, value, cut) =>
        {
            var state = TrackerState.Create();
            state.Advance(See(0, (Walker(5), Red), (Walker(90), Blue)));
            var bytes = state.Snapshot();
            bytes[at % bytes.Length] = value;
            try
            {
                TrackerState.Restore(cut < bytes.Length ? bytes.AsMemory(0, cut) : bytes);
            }
            catch (InvalidDataException)
            {
                // The one allowed answer to damaged bytes.
            }
        });

    [Fact]
    public void Restore_other_version_is_told()
    {
        var error = Assert.Throws<InvalidDataException>(() => TrackerState.Restore(new byte[] { 99, 0, 0, 0, 0 }));

        Assert.Contains("version 99", error.Message, StringComparison.Ordinal);
    }

    private static Box Walker(float x) => new(x, 40, 20, 50, 0.9f);

    private static Sighting See(int frame, params Box[] boxes) => new("north", frame, DateTimeOffset.UnixEpoch.AddSeconds(frame / 10.0), boxes, []);

    private static Sighting See(int frame, params (Box Box, Look Look)[] seen) =>
        new("north", frame, DateTimeOffset.UnixEpoch.AddSeconds(frame / 10.0), [.. seen.Select(s => s.Box)], [.. seen.Select(s => s.Look)]);

    private static Sighting See(int frame) => See(frame, Array.Empty<Box>());

    private static List<TrackedBox> Run(IEnumerable<Sighting> sightings)
    {
        var state = TrackerState.Create();
        return [.. sightings.SelectMany(state.Advance)];
    }
}
