using JellyBean.Onnx;
using JellyBean.Workflows.Models;

namespace JellyBean.Vision.Detection;

/// <summary>CenterNet on MobileNetV3, a detector of people and 79 other things (COCO): quicker than NanoDet at the same size, less accurate.</summary>
/// <remarks>
/// The files come from the model factory: input [height, width, 3] bytes, RGB; outputs <c>heat</c> [80, cells, cells], 0–1, and <c>sides</c>
/// [4, cells, cells], the distances from the cell's corner left, up, right, down in pixels of the input; a cell is 4 pixels wide. Things are where the heat
/// of a class has a peak among its eight neighbours (Zhou, Wang, Krähenbühl, Objects as Points, 2019, section 4).
/// </remarks>
public static class CenterNet
{
    private const int CellPixels = 4;

    /// <summary>One variant per size: <c>centernet-256</c>.</summary>
    /// <param name="sizes">Side of the square input, in pixels, a multiple of 32 from 96 to 640; the frame is stretched to it.</param>
    /// <param name="options">Scores, classes, batch; <see cref="DetectorOptions.Default"/> unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not possible.</exception>
    /// <exception cref="ArgumentException">Options are not possible; all that is wrong is in the message.</exception>
    public static IEnumerable<Variant<Frame, IReadOnlyList<Box>>> Variants(IEnumerable<int> sizes, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var chosen = options ?? DetectorOptions.Default;
        return [.. sizes.Select(size => SquareDetector.Variant(
            "centernet", size, ending: "", PixelLayout.NhwcRgb, (tensors, placement) => Decode(tensors["heat"].Floats, tensors["sides"].Floats, size / CellPixels, placement, chosen), chosen))];
    }

    /// <summary>Reads the boxes for a picture out of CenterNet's outputs.</summary>
    /// <param name="heat">[80, cells, cells], 0–1.</param>
    /// <param name="sides">[4, cells, cells], pixels of the input.</param>
    /// <param name="cells">Cells per side.</param>
    /// <param name="placement">Where the picture stands in the input.</param>
    /// <param name="options">Scores and classes.</param>
    internal static IReadOnlyList<Box> Decode(ReadOnlySpan<float> heat, ReadOnlySpan<float> sides, int cells, Placement placement, DetectorOptions options)
    {
        List<Box> boxes = [];
        var plane = cells * cells;
        foreach (var @class in options.Classes)
        {
            var scores = heat.Slice(@class * plane, plane);
            for (var cell = 0; cell < plane; cell++)
            {
                if (scores[cell] <= options.MinScore || !IsPeak(scores, cell, cells))
                {
                    continue;
                }

                float x = cell % cells * CellPixels;
                float y = cell / cells * CellPixels;
                boxes.Add(placement.ToPicture(
                    x - sides[cell],
                    y - sides[plane + cell],
                    x + sides[(2 * plane) + cell],
                    y + sides[(3 * plane) + cell],
                    scores[cell],
                    @class));
            }
        }

        return Nms.Suppress(boxes, options.MaxIoU, options.MaxBoxes);
    }

    /// <summary>Whether none of the eight neighbours is hotter. Equal ones are all peaks; suppression leaves one of them.</summary>
    private static bool IsPeak(ReadOnlySpan<float> scores, int cell, int cells)
    {
        var (row, column) = (cell / cells, cell % cells);
        for (var y = Math.Max(0, row - 1); y <= Math.Min(cells - 1, row + 1); y++)
        {
            for (var x = Math.Max(0, column - 1); x <= Math.Min(cells - 1, column + 1); x++)
            {
                if (scores[(y * cells) + x] > scores[cell])
                {
                    return false;
                }
            }
        }

        return true;
    }
}
