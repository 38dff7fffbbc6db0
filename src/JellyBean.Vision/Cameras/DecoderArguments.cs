using System.Globalization;

namespace JellyBean.Vision.Cameras;

/// <summary>How ffmpeg is called.</summary>
internal static class DecoderArguments
{
    /// <summary>The largest piece of memory that ffmpeg and ffprobe may ask for: ten bytes for each pixel of the largest picture. What says that it holds more is refused.</summary>
    public static readonly string[] BoundedMemory = ["-max_alloc", "671088640"];

    private static readonly TimeSpan LeastCallersPatience = TimeSpan.FromSeconds(10);

    // As much as a picture of 16,384 × 16,384 would take is refused before anything is reserved for it: 8,192 × 8,192 pixels.
    private const string MostPixels = "67108864";

    // A frame as soon as a key frame has come; the defaults wait for 5 s of video to tell its rate. Not nobuffer, which throws away what was looked at, and with it the first key frame.
    private static readonly string[] LowLatency = ["-flags", "low_delay", "-probesize", "200000", "-analyzeduration", "100000", "-fpsprobesize", "0"];

    /// <summary>A file, every frame of it: exactly what it holds, and the same each time.</summary>
    public static string[] OfFile(CameraOptions options, string path) =>
        [.. Common, .. FfmpegProcess.ReadByIndex, "-i", "file:" + path, .. Pixels(options)];

    /// <summary>A picture, by what is in it: its name is no pattern, and says nothing of its format.</summary>
    public static string[] OfPicture(CameraOptions options, string path) => [.. Common, "-f", "image2pipe", "-i", "file:" + path, .. Pixels(options)];

    /// <summary>A part of a live stream that was recorded.</summary>
    public static string[] OfRecorded(CameraOptions options, string path) => [.. Common, "-f", "nut", "-i", "file:" + path, .. Pixels(options)];

    /// <summary>Something live, as soon as it comes.</summary>
    /// <param name="options">The camera's.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="segments">Where its stream is recorded, as it comes; null if it is not.</param>
    public static string[] OfLive(CameraOptions options, CameraAddress address, string? segments)
    {
        string[] hardware = options.Hardware && (Directory.Exists("/dev/dri") || File.Exists("/dev/nvidia0")) ? ["-hwaccel", "auto"] : [];
        return [.. Common, .. hardware, .. LowLatency, .. Input(options, address), .. Pixels(options), .. segments is null ? [] : Recorded(segments)];
    }

    // One thread leaves the cores to the models; copyts keeps the camera's own times.
    private static string[] Common => ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-threads", "1", .. BoundedMemory, "-max_pixels", MostPixels, "-copyts"];

    private static string[] Input(CameraOptions options, CameraAddress address) => address.Kind switch
    {
        CameraKind.Rtsp when options.Listen => ["-allowed_media_types", "video", "-rtsp_flags", "listen", "-i", address.Text],
        CameraKind.Rtsp => ["-allowed_media_types", "video", "-rtsp_transport", options.Transport == RtspTransport.Udp ? "udp" : "tcp", "-i", address.Text],
        CameraKind.Rtmp when options.Listen => [.. CallersPatience(options), "-listen", "1", "-i", address.Text],
        CameraKind.Rtmp => ["-rtmp_live", "live", "-rtmp_buffer", "100", "-i", address.Text],
        CameraKind.Hls => ["-live_start_index", "-1", "-i", address.Text],
        CameraKind.TransportStream when options.Listen => [.. CallersPatience(options), "-f", "mpegts", "-i", Listening(address.Text)],
        CameraKind.TransportStream => ["-f", "mpegts", "-i", address.Text],

        // A row of JPEG pictures has no times in it; ffmpeg would take 25 a second for granted.
        CameraKind.Http => ["-use_wallclock_as_timestamps", "1", "-i", address.Text],
        CameraKind.Device => ["-f", "v4l2", "-i", address.Text],
        _ => ["-i", address.Text],
    };

    // Who calls and says nothing must not keep the camera out for ever. Waiting for a call has no end.
    private static string[] CallersPatience(CameraOptions options)
    {
        var patience = options.StallAfter > LeastCallersPatience ? options.StallAfter.Value : LeastCallersPatience;
        return ["-rw_timeout", ((long)patience.TotalMicroseconds).ToString(CultureInfo.InvariantCulture)];
    }

    private static string Listening(string uri) =>
        uri + (uri.Contains('?', StringComparison.Ordinal) ? "&" : "?") + (uri.StartsWith("srt:", StringComparison.Ordinal) ? "mode=listener" : "listen=1");

    // A thread of its own writes, so that a slow or full disk holds up nothing; it tries again once it cannot. Segments are cut by the clock, at key frames, for the camera's times may begin anywhere. Each packet is
    // given to the system at once: what the process had is there when it is not. NUT takes every codec, and can be read up to where it was cut off.
    private static string[] Recorded(string segments) =>
    [
        "-map", "0:V:0", "-c", "copy", "-f", "fifo", "-fifo_format", "segment",
        "-format_opts", "segment_time=2:segment_atclocktime=1:segment_format=nut:segment_format_options=flush_packets=1",
        "-drop_pkts_on_overflow", "1", "-attempt_recovery", "1", "-recover_any_error", "1", "-recovery_wait_time", "5", segments,
    ];

    // Not the cover that comes with a piece of music (V). Passthrough neither doubles nor drops frames; without autoscale, pictures keep their size where the camera changes it; each is written whole as soon as it is there.
    private static string[] Pixels(CameraOptions options) =>
    [
        "-map", "0:V:0", "-an", "-sn", "-dn", "-vf", PictureFilter.Of(options), "-fps_mode", "passthrough", "-autoscale", "0",
        "-pix_fmt", "rgba", "-f", "rawvideo", "-flush_packets", "1", "pipe:1",
    ];
}
