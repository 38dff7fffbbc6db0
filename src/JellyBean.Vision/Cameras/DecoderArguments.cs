namespace JellyBean.Vision.Cameras;

/// <summary>How ffmpeg is called.</summary>
internal static class DecoderArguments
{
    // As much as a picture of 16,384 × 16,384 would take is refused before anything is reserved for it: 8,192 × 8,192 pixels.
    private const string MostPixels = "67108864";

    // A frame as soon as a key frame has come; the defaults wait for 5 s of video to tell its rate. Not nobuffer, which throws away what was looked at, and with it the first key frame.
    private static readonly string[] LowLatency = ["-flags", "low_delay", "-probesize", "200000", "-analyzeduration", "100000", "-fpsprobesize", "0"];

    /// <summary>A file, every frame of it: exactly what it holds, and the same each time.</summary>
    public static string[] OfFile(CameraOptions options, string path) =>
        [.. Common, .. FfmpegProcess.ReadByIndex, "-i", "file:" + path, .. Pixels(options)];

    /// <summary>Something live, as soon as it comes.</summary>
    public static string[] OfLive(CameraOptions options, CameraAddress address)
    {
        string[] hardware = options.Hardware && (Directory.Exists("/dev/dri") || File.Exists("/dev/nvidia0")) ? ["-hwaccel", "auto"] : [];
        return [.. Common, .. hardware, .. LowLatency, .. Input(options, address), .. Pixels(options)];
    }

    // One thread leaves the cores to the models; copyts keeps the camera's own times.
    private static string[] Common => ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-threads", "1", "-max_pixels", MostPixels, "-copyts"];

    private static string[] Input(CameraOptions options, CameraAddress address) => address.Kind switch
    {
        CameraKind.Rtsp when options.Listen => ["-rtsp_flags", "listen", "-i", address.Text],
        CameraKind.Rtsp => ["-rtsp_transport", options.Transport == RtspTransport.Udp ? "udp" : "tcp", "-i", address.Text],
        CameraKind.Rtmp when options.Listen => ["-listen", "1", "-i", address.Text],
        CameraKind.Rtmp => ["-rtmp_live", "live", "-rtmp_buffer", "100", "-i", address.Text],
        CameraKind.Hls => ["-live_start_index", "-1", "-i", address.Text],
        CameraKind.TransportStream => ["-f", "mpegts", "-i", options.Listen ? Listening(address.Text) : address.Text],

        // A row of JPEG pictures has no times in it; ffmpeg would take 25 a second for granted.
        CameraKind.Http => ["-use_wallclock_as_timestamps", "1", "-i", address.Text],
        CameraKind.Device => ["-f", "v4l2", "-i", address.Text],
        _ => ["-i", address.Text],
    };

    private static string Listening(string uri) =>
        uri + (uri.Contains('?', StringComparison.Ordinal) ? "&" : "?") + (uri.StartsWith("srt:", StringComparison.Ordinal) ? "mode=listener" : "listen=1");

    // Passthrough neither doubles nor drops frames; without autoscale, pictures keep their size where the camera changes it; each is written whole as soon as it is there.
    private static string[] Pixels(CameraOptions options) =>
    [
        "-map", "0:v:0", "-an", "-sn", "-dn", "-vf", PictureFilter.Of(options), "-fps_mode", "passthrough", "-autoscale", "0",
        "-pix_fmt", "rgba", "-f", "rawvideo", "-flush_packets", "1", "pipe:1",
    ];
}
