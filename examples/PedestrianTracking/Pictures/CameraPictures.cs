using System.Globalization;
using JellyBean.Vision;
using JellyBean.Vision.Drawing;
using JellyBean.Vision.Identities;
using JellyBean.Workflows.Inputs;

namespace PedestrianTracking.Pictures;

/// <summary>Draws one camera's tracks on its clip: a video, and some frames of it for the contact sheet.</summary>
internal sealed class CameraPictures
{
    /// <summary>Frames per second of the video where the clip does not know its own.</summary>
    private const double UnknownRate = 10;

    private readonly ISource<Frame> _camera;
    private readonly long _frames;
    private readonly FrameMarks _marks;
    private readonly Queue<long> _tileFrames;
    private readonly List<Picture> _tiles = [];

    /// <param name="camera">Read once more from its beginning; disposed by the caller.</param>
    /// <param name="tracks">Who is in which frame.</param>
    /// <param name="identities">Who that is across cameras.</param>
    /// <param name="frames">Frames to draw, from the first.</param>
    /// <param name="tiles">Frames for the contact sheet, spread evenly.</param>
    public CameraPictures(ISource<Frame> camera, ILookup<long, PersonSeen> tracks, IReadOnlyDictionary<CameraTrack, long> identities, long frames, int tiles)
    {
        _camera = camera;
        _frames = frames;
        _marks = new FrameMarks(tracks, identities);
        _tileFrames = new Queue<long>(Enumerable.Range(0, tiles).Select(i => ((2 * i) + 1) * frames / (2 * tiles)).Distinct());
    }

    /// <summary>The frames for the contact sheet.</summary>
    public IReadOnlyList<Picture> Tiles => _tiles;

    /// <summary>Draws until the frames, the clip or the time are at an end; what is drawn by then is a whole video.</summary>
    /// <param name="path">The video file.</param>
    /// <param name="enough">Ends the drawing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DrawAsync(string path, CancellationToken enough, CancellationToken cancellationToken)
    {
        VideoWriter? video = null;
        var (width, height) = (0, 0);
        try
        {
            await foreach (var item in _camera.ReadAsync(0, cancellationToken))
            {
                if (item.Value is not { } frame)
                {
                    continue;
                }

                if (frame.Number >= _frames || enough.IsCancellationRequested)
                {
                    break;
                }

                if (video is null)
                {
                    (width, height) = (frame.Width, frame.Height);
                    video = await VideoWriter.StartAsync(path, width, height, _camera.NominalRate ?? UnknownRate, cancellationToken);
                }

                var marks = _marks.Next(frame.Number);
                AddTile(frame, marks);

                // A video's pictures are of one size; a clip's need not be.
                if (frame.Width == width && frame.Height == height)
                {
                    await video.WriteAsync(frame, marks, cancellationToken);
                }
            }

            if (video is not null)
            {
                await video.FinishAsync(cancellationToken);
            }
        }
        finally
        {
            if (video is not null)
            {
                await video.DisposeAsync();
            }
        }
    }

    private void AddTile(Frame frame, IReadOnlyList<Mark> marks)
    {
        if (!_tileFrames.TryPeek(out var next) || frame.Number < next)
        {
            return;
        }

        while (_tileFrames.TryPeek(out next) && next <= frame.Number)
        {
            _tileFrames.Dequeue();
        }

        var caption = string.Create(CultureInfo.InvariantCulture, $"{frame.Camera} #{frame.Number}");
        _tiles.Add(frame.Annotate([.. marks, FrameMarks.Caption(frame, caption)]).Picture);
    }
}
