namespace JellyBean.Vision.Drawing;

/// <summary>Draws on frames.</summary>
public static class Annotating
{
    /// <summary>A copy of the frame with boxes and labels on it.</summary>
    public static Frame Annotate(this Frame frame, IEnumerable<Mark> marks)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(marks);
        var canvas = new Canvas(frame.Pixels, frame.Width, frame.Height);
        foreach (var mark in marks)
        {
            canvas.Draw(mark);
        }

        return new Frame(frame.Camera, frame.Number, frame.CapturedAt, Picture.FromPixels(canvas.Pixels, frame.Width, frame.Height, PixelFormat.Rgbx)) { Viewpoint = frame.Viewpoint };
    }
}
