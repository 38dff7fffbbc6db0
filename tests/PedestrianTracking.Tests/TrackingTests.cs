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

    private static Frame At(long number, string camera) => Frame.Blank(camera, number, DateTimeOffset.UnixEpoch.AddSeconds(0.1 * number), width: 160, height: 120);
}
