using JellyBean.Vision.Recordings;

namespace JellyBean.Vision.Cameras;

/// <summary>What a camera reads and what of it.</summary>
public sealed record CameraOptions
{
    /// <summary>The camera's name, unique within its input.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Where it is: a video file, a pattern of files (<c>clips/*.mp4</c>), a folder of pictures (ending in <c>/</c>), or a URI: <c>rtsp://user:password@host/path</c>, <c>rtmp://</c>, <c>http(s)://</c>
    /// to a playlist (<c>.m3u8</c>) or a stream of JPEG pictures, an MPEG transport stream at <c>tcp://</c>, <c>udp://</c>, <c>srt://</c>, or a device, <c>v4l2:/dev/video0</c>.
    /// </summary>
    /// <remarks>Credentials are never shown. They are on the command line of the decoder, which other users of the same machine may see.</remarks>
    public required string Uri { get; init; }

    /// <summary>The part of the picture to keep; frames are as large as it.</summary>
    /// <value>Null, the whole picture, unless set.</value>
    public Region? Region { get; init; }

    /// <summary>The place that the camera watches. The regions of cameras at one place are parts of one picture of it, so that who is seen by two of them at one spot is one person.</summary>
    /// <value>Null, a place that no other camera watches, unless set.</value>
    public string? Site { get; init; }

    /// <summary>Most frames per second of event time; the others are left out before they are numbered.</summary>
    /// <value>Above 0; null, all frames, unless set.</value>
    public double? MaxFps { get; init; }

    /// <summary>Event time of a file's first frame. Frames of live cameras have the time at which they were taken.</summary>
    /// <value>1970-01-01T00:00:00Z unless set, so that runs are repeatable.</value>
    public DateTimeOffset StartTime { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>How long the decoder of a file may be silent before the camera counts as broken.</summary>
    /// <value>30 seconds unless set.</value>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Keeps one of so many frames; the others are left out before they are numbered.</summary>
    /// <value>1, all, unless set.</value>
    public int Every { get; init; } = 1;

    /// <summary>Turns the picture clockwise, before the region is cut out.</summary>
    /// <value>0, 90, 180 or 270 degrees; 0 unless set.</value>
    public int Rotate { get; init; }

    /// <summary>Wider pictures are made so wide by the decoder, in proportion: less to encode, to send and to look at.</summary>
    /// <value>Pixels; null, as it comes, unless set. Boxes are then in the smaller picture's pixels.</value>
    public int? MaxWidth { get; init; }

    /// <summary>Whether frames are decoded by a graphics processor where there is one. Files never are, so that their frames are the same on every machine.</summary>
    /// <value>True unless set.</value>
    public bool Hardware { get; init; } = true;

    /// <summary>How RTSP brings its packets.</summary>
    /// <value><see cref="RtspTransport.Tcp"/> unless set.</value>
    public RtspTransport Transport { get; init; }

    /// <summary>Whether the camera connects to this machine, rather than the other way: RTMP, RTSP, TCP and SRT; the URI is then an address of this machine.</summary>
    public bool Listen { get; init; }

    /// <summary>After how long without a frame a live camera counts as stalled, and is connected anew.</summary>
    /// <value>Null, ten times its usual interval, 2 s at least (10 s where video comes in segments), unless set.</value>
    public TimeSpan? StallAfter { get; init; }

    /// <summary>Added to the times of a live camera's frames, so that cameras whose pictures take differently long to come can be joined.</summary>
    /// <value>Zero unless set; negative for a camera whose pictures come late.</value>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Where a live camera's stream is kept, so that a run that goes on after a crash reads it again.</summary>
    /// <value>Null, nowhere, unless set.</value>
    public RecordingOptions? Recording { get; init; }

    /// <summary>Where the frames lie in the place that the camera watches; null where it is not known.</summary>
    internal Viewpoint? Viewpoint => Site is { } site ? new Viewpoint(site, Region?.X ?? 0, Region?.Y ?? 0) : null;

    /// <summary>What is wrong with the options by themselves.</summary>
    internal IEnumerable<string> Mistakes()
    {
        if (Region is { IsPossible: false } region)
        {
            yield return $"region is {region}; allowed: sides of 1 to {Picture.MaxSide}, from 0,0 on";
        }

        if (MaxFps is <= 0 or double.NaN)
        {
            yield return $"max-fps is {MaxFps}; allowed: above 0";
        }

        if (Every < 1)
        {
            yield return $"every is {Every}; allowed: 1 or more";
        }

        if (Rotate is not (0 or 90 or 180 or 270))
        {
            yield return $"rotate is {Rotate}; allowed: 0, 90, 180, 270";
        }

        if (MaxWidth < 1)
        {
            yield return $"max-width is {MaxWidth}; allowed: 1 or more";
        }

        if (SilenceLimit <= TimeSpan.Zero || StallAfter <= TimeSpan.Zero)
        {
            yield return "a limit of silence is not above zero";
        }
    }
}

/// <summary>How RTSP brings its packets.</summary>
public enum RtspTransport
{
    /// <summary>Within its connection: nothing is lost, and it passes where the connection does.</summary>
    Tcp,

    /// <summary>As datagrams: what is lost stays lost, nothing waits for it.</summary>
    Udp,
}
