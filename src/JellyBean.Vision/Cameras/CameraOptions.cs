namespace JellyBean.Vision.Cameras;

/// <summary>What a camera reads and what of it.</summary>
public sealed record CameraOptions
{
    /// <summary>The camera's name, unique within its input.</summary>
    public required string Name { get; init; }

    /// <summary>A file's path, or a <c>file:</c> URI.</summary>
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

    /// <summary>Event time of the file's first frame.</summary>
    /// <value>1970-01-01T00:00:00Z unless set, so that runs are repeatable.</value>
    public DateTimeOffset StartTime { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>How long the decoder may be silent before the camera counts as broken.</summary>
    /// <value>30 seconds unless set.</value>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="X">Left edge, from 0.</param>
/// <param name="Y">Upper edge, from 0.</param>
/// <param name="Width">1 or more.</param>
/// <param name="Height">1 or more.</param>
public sealed record Region(int X, int Y, int Width, int Height)
{
    /// <summary>Reads <c>x,y,width,height</c>.</summary>
    /// <returns>Null for anything else.</returns>
    public static Region? Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new int[4];
        for (var i = 0; i < 4; i++)
        {
            if (parts.Length != 4 || !int.TryParse(parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        var region = new Region(numbers[0], numbers[1], numbers[2], numbers[3]);
        return region.Width is < 1 or > Picture.MaxSide || region.Height is < 1 or > Picture.MaxSide ? null : region;
    }
}
