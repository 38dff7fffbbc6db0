namespace JellyBean.CameraRig;

/// <summary>A camera that ffmpeg serves alone: a transport stream by UDP, or RTMP, to whoever listens at its address; or a transport stream by SRT, to whoever calls.</summary>
internal sealed class PushRigCamera(string clip, string protocol) : RigCamera(clip)
{
    private readonly int _port = FreePort();

    public override string Uri => protocol == "rtmp" ? $"rtmp://127.0.0.1:{_port}/live/camera" : $"{protocol}://127.0.0.1:{_port}";

    // Nobody may be listening yet, or any more.
    private protected override bool StartsAgain => protocol != "udp";

    private protected override Publisher NewPublisher() => protocol switch
    {
        "udp" => new Publisher(Clip, "-c", "copy", "-f", "mpegts", $"{Uri}?pkt_size=1316"),
        "srt" => new Publisher(Clip, "-c", "copy", "-f", "mpegts", $"{Uri}?mode=listener&pkt_size=1316"),
        _ => new Publisher(Clip, "-c", "copy", "-f", "flv", Uri),
    };
}
