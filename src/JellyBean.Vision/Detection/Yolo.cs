using System.Globalization;
using JellyBean.Onnx;

namespace JellyBean.Vision.Detection;

/// <summary>Reads the answers of YOLOv8-style detectors (YOLOv8 to YOLO11, exported without suppression), for ONNX files of your own.</summary>
public static class Yolo
{
    // Cells of the strides 8, 16 and 32 per 1024 square pixels of input.
    private const int CellsPer1024 = 16 + 4 + 1;

    /// <summary>The boxes in a frame that was written by <see cref="Frame.LetterboxTo"/>.</summary>
    /// <param name="output">[4 + classes, candidates]: middle x, middle y, width, height in pixels of the input, then a score 0–1 per class.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="minScore">Least score, 0–1.</param>
    /// <param name="maxIoU">Largest overlap of two boxes of a class, 0–1.</param>
    /// <param name="inputSize">Side of the model's square input, in pixels.</param>
    /// <exception cref="InvalidOperationException">The output has another shape.</exception>
    public static IReadOnlyList<Box> Decode(TensorView output, Frame frame, float minScore = 0.25f, float maxIoU = 0.5f, int inputSize = 640)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var expected = inputSize * inputSize / 1024 * CellsPer1024;
        if (output.Shape is not [> 4, var candidates] || candidates != expected)
        {
            var found = string.Join(", ", output.Shape.ToArray());
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The model's output is [{found}], expected [4 + classes, {expected}] for an input of {inputSize} pixels. Give inputSize, or decode the output yourself."));
        }

        var placement = Placement.Letterbox(frame.Width, frame.Height, inputSize, inputSize);
        var values = output.Floats;
        var rows = output.Shape[0];
        List<Box> boxes = [];
        for (var i = 0; i < candidates; i++)
        {
            var (best, @class) = (minScore, -1);
            for (var row = 4; row < rows; row++)
            {
                if (values[(row * candidates) + i] > best)
                {
                    (best, @class) = (values[(row * candidates) + i], row - 4);
                }
            }

            if (@class < 0)
            {
                continue;
            }

            var (x, y) = (values[i], values[candidates + i]);
            var (halfWidth, halfHeight) = (values[(2 * candidates) + i] / 2, values[(3 * candidates) + i] / 2);
            var box = placement.ToPicture(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, best, @class).Clip(frame.Width, frame.Height);
            if (box is { Width: > 0, Height: > 0 })
            {
                boxes.Add(box);
            }
        }

        return Nms.Suppress(boxes, maxIoU);
    }
}
