using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.Tests.Configuration;

public sealed class CredentialsTests
{
    [Theory]
    [InlineData("rtsp://admin:s3cret@host/x", "rtsp://***@host/x")]
    [InlineData("gate/=rtsp://admin:s3/c@ret@host/x", "***@host/x")]
    [InlineData("gate=rtsp://admin:s3cret@host/x", "gate=rtsp://***@host/x")]
    [InlineData("=rtsp://admin:s3cret@host/x", "=rtsp://***@host/x")]
    [InlineData("admin:s3cret@host/x", "admin:***@host/x")]
    [InlineData("gate=clips/a.mp4", "gate=clips/a.mp4")]
    public void Hidden_leaves_out_what_may_be_a_password(string text, string expected) => Assert.Equal(expected, Credentials.Hidden(text));
}
