namespace JellyBean.Vision.Cameras;

/// <summary>How a camera is reached, by its URI.</summary>
internal enum CameraKind
{
    /// <summary>One video file.</summary>
    File,

    /// <summary>Several video files by a pattern, one after the other.</summary>
    Files,

    /// <summary>A folder of pictures.</summary>
    Images,

    /// <summary><c>rtsp:</c>, <c>rtsps:</c>.</summary>
    Rtsp,

    /// <summary><c>rtmp:</c>, <c>rtmps:</c>.</summary>
    Rtmp,

    /// <summary><c>http:</c>, <c>https:</c> to a playlist, <c>.m3u8</c>.</summary>
    Hls,

    /// <summary><c>http:</c>, <c>https:</c> to anything else: a stream of JPEG pictures, most often.</summary>
    Http,

    /// <summary>An MPEG transport stream over <c>tcp:</c>, <c>udp:</c>, <c>srt:</c>.</summary>
    TransportStream,

    /// <summary>A camera at this machine, <c>v4l2:/dev/video0</c>.</summary>
    Device,
}
