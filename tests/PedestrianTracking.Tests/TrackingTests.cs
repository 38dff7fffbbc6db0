using JellyBean.Testing;
using JellyBean.Vision;
using JellyBean.Vision.Appearance;

namespace PedestrianTracking.Tests;

/// <summary>What the workflow means, without models, clip or cluster: the kind of test that users write.</summary>
public class TrackingTests
{
    [Fact]
    public void Tracking_somebody_who_walks_keeps_a_number()
    {
        var test = new WorkflowTest(Tracking.Workflow)
            .Stub(Tracking.Detector, frame => [new Box(10 + (5 * frame.Number), 20, 30, 80, Score: 0.9f)])
            .Stub(Tracking.Embedder, _ => new Look([1, 0]));
        for (var i = 0; i < 10; i++)
        {
            test.Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), At(i, "gate"), source: "gate");
        }

        var people = test.Run().Results(Tracking.Tracks);

        // The first frame makes a suspicion, the second a track.
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], people.Select(p => p.Frame));
        Assert.Equal([1], people.Select(p => p.Person).Distinct());
    }

    [Fact]
    public void Tracking_cameras_do_not_share_numbers()
    {
        var test = new WorkflowTest(Tracking.Workflow)
            .Stub(Tracking.Detector, _ => [new Box(10, 20, 30, 80, Score: 0.9f)])
            .Stub(Tracking.Embedder, _ => new Look([1, 0]));
        for (var i = 0; i < 3; i++)
        {
            test.Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), At(i, "gate"), source: "gate")
                .Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), At(i, "yard"), source: "yard");
        }

        var people = test.Run().Results(Tracking.Tracks);

        Assert.Equal([("gate", 1), ("gate", 1), ("yard", 1), ("yard", 1)], people.Select(p => (p.Camera, p.Person)));
    }

    [Fact]
    public void Tracking_frame_that_the_detector_cannot_take_fails_alone()
    {
        var test = new WorkflowTest(Tracking.Workflow)
            .Stub(Tracking.Detector, frame => frame.Number == 3 ? throw new InvalidDataException("no picture") : [new Box(10, 20, 30, 80, Score: 0.9f)])
            .Stub(Tracking.Embedder, _ => new Look([1, 0]));
        for (var i = 0; i < 6; i++)
        {
            test.Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), At(i, "gate"), source: "gate");
        }

        var run = test.Run();

        Assert.Equal(1, run.Failed);
        Assert.Equal([1, 2, 4, 5], run.Results(Tracking.Tracks).Select(p => p.Frame));
    }

    [Fact]
    public void Identities_who_two_cameras_see_at_one_spot_of_their_site_is_one_person()
    {
        // The yard's picture begins 100 pixels further right; the first of the two walks where both look, the second where only the gate does.
        var test = new WorkflowTest(Tracking.Workflow)
            .Stub(Tracking.Detector, frame => frame.Camera == "gate"
                ? [new Box(110 + frame.Number, 20, 30, 80, Score: 0.9f), new Box(20, 20, 30, 80, Score: 0.9f)]
                : [new Box(10 + frame.Number, 20, 30, 80, Score: 0.9f)])
            .Stub(Tracking.Embedder, _ => new Look([1, 0]));
        for (var i = 0; i < 6; i++)
        {
            test.Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), Of("gate", 0, i), source: "gate")
                .Feed(Tracking.Cameras, at: TimeSpan.FromSeconds((0.1 * i) + 0.03), Of("yard", 100, i), source: "yard");
        }

        var run = test.Run();

        Assert.Equal(Enumerable.Repeat(new SamePerson("crossing", "gate", 1, "yard", 1, Likeness: 1), 5), run.Results(Tracking.Identities));
        var identities = PeopleAcross.Identities([.. run.Results(Tracking.Tracks), .. run.Results(Tracking.Identities)]);
        Assert.Equal([1, 2, 1], identities.Values);

        static Frame Of(string camera, int corner, int number) =>
            new(camera, number, DateTimeOffset.UnixEpoch.AddSeconds(0.1 * number), Frame.Blank(camera, width: 200, height: 120).Picture) { Viewpoint = new("crossing", corner, 0) };
    }

    [Fact]
    public void Identities_cameras_without_a_site_share_nobody()
    {
        var test = new WorkflowTest(Tracking.Workflow)
            .Stub(Tracking.Detector, _ => [new Box(10, 20, 30, 80, Score: 0.9f)])
            .Stub(Tracking.Embedder, _ => new Look([1, 0]));
        for (var i = 0; i < 4; i++)
        {
            test.Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), At(i, "gate"), source: "gate")
                .Feed(Tracking.Cameras, at: TimeSpan.FromSeconds(0.1 * i), At(i, "yard"), source: "yard");
        }

        Assert.Empty(test.Run().Results(Tracking.Identities));
    }

    private static Frame At(long number, string camera) => Frame.Blank(camera, number, DateTimeOffset.UnixEpoch.AddSeconds(0.1 * number), width: 160, height: 120);
}
