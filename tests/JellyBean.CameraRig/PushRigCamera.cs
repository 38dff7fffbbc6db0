namespace JellyBean.CameraRig;

/// <summary>A camera that sends by itself, to whoever listens at its address: a transport stream by UDP, or RTMP.</summary>
internal sealed class PushRigCamera(string clip, string protocol) : RigCamera(clip)
{
    private readonly int _port = FreePort();

    public override string Uri => protocol == "udp" ? $"udp://127.0.0.1:{_port}" : $"rtmp://127.0.0.1:{_port}/live/camera";

    // Nobody may be listening yet, or any more.
    private protected override bool StartsAgain => protocol == "rtmp";

    private protected override Publisher NewPublisher() => protocol == "udp"
        ? new Publisher(Clip, "-c", "copy", "-f", "mpegts", $"{Uri}?pkt_size=1316")
        : new Publisher(Clip, "-c", "copy", "-f", "flv", Uri);
}
