using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;
using PedestrianTracking.Pictures;

namespace PedestrianTracking.Tests.Pictures;

public class RememberedCamerasTests
{
    [Theory]
    [InlineData("every", "2", "every = 2")]
    [InlineData("max-fps", "5", "max-fps = 5")]
    [InlineData("rotate", "90", "rotate = 90")]
    [InlineData("max-width", "320", "max-width = 320")]
    [InlineData("every", "1", null)]
    [InlineData("rotate", "0", null)]
    [InlineData("site", "gate", null)]
    public void Camera_whose_frames_are_not_those_of_its_file_says_by_which_setting(string key, string value, string? unlike)
    {
        var cameras = new RememberedCameras(new CameraFactory());
        var settings = new SourceSettings("cameras.left", "left", new Dictionary<string, string> { ["uri"] = "clip.avi", [key] = value });

        cameras.Create(settings);

        Assert.Empty(settings.Errors);
        Assert.Equal(unlike, cameras.ViewOf("left")!.Unlike);
        Assert.Null(cameras.ViewOf("right"));
    }
}
