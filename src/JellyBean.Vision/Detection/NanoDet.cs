using JellyBean.Onnx;
using JellyBean.Workflows.Models;

namespace JellyBean.Vision.Detection;

/// <summary>NanoDet, a small detector of people and 79 other things (COCO).</summary>
/// <remarks>
/// The files come from the model factory: input [height, width, 3] bytes, BGR, normalised inside the graph; for each of the strides
/// 8, 16, 32 two outputs, [cells, 80] scores 0–1 and [cells, 4 × 11] logits of the distances left, up, right, down from the cell's
/// centre, in strides. Distances are distributions over 0–10 (Li et al., Generalized Focal Loss, 2020, eq. 5): their mean counts.
/// </remarks>
public static class NanoDet
{
    private const int Classes = 80;
    private const int Bins = 11;
    private const int Sides = 4;

    /// <summary>One variant per size: <c>nanodet-352</c>, or <c>nanodet-352-int8</c>.</summary>
    /// <param name="sizes">Side of the square input, in pixels, a multiple of 32 from 96 to 640; the frame is stretched to it.</param>
    /// <param name="int8">Whether to add, beside each, the one that works on 8-bit integers: less than half the time, about as accurate.</param>
    /// <param name="options">Scores, classes, batch; <see cref="DetectorOptions.Default"/> unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not possible.</exception>
    /// <exception cref="ArgumentException">Options are not possible; all that is wrong is in the message.</exception>
#pragma warning disable CA1720 // int8 is what the field calls these files, and what their names end in.
    public static IEnumerable<Variant<Frame, IReadOnlyList<Box>>> Variants(IEnumerable<int> sizes, bool int8 = false, DetectorOptions? options = null)
#pragma warning restore CA1720
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var chosen = options ?? DetectorOptions.Default;
        string[] endings = int8 ? ["", "-int8"] : [""];
        return [.. from size in sizes
                   from ending in endings
                   select SquareDetector.Variant("nanodet", size, ending, PixelLayout.NhwcBgr, (tensors, placement) => Decode(tensors, placement, size, chosen), chosen)];
    }

    /// <summary>Reads the boxes for a picture out of NanoDet's outputs.</summary>
    /// <param name="tensors">Scores and distances per stride, told apart by their shapes, in any order.</param>
    /// <param name="placement">Where the picture stands in the input.</param>
    /// <param name="size">Side of the input.</param>
    /// <param name="options">Scores and classes.</param>
    /// <exception cref="InvalidOperationException">An output for one of the strides is missing.</exception>
    internal static IReadOnlyList<Box> Decode(TensorSlices tensors, Placement placement, int size, DetectorOptions options)
    {
        List<Box> boxes = [];
        foreach (var stride in (ReadOnlySpan<int>)[8, 16, 32])
        {
            var cells = (size + stride - 1) / stride;
            Decode(Find(tensors, cells * cells, Classes), Find(tensors, cells * cells, Sides * Bins), stride, cells, placement, options, boxes);
        }

        return Nms.Suppress(boxes, options.MaxIoU, options.MaxBoxes);
    }

    /// <summary>The boxes of one stride, before suppression.</summary>
    /// <param name="scores">[cells × cells, 80].</param>
    /// <param name="distances">[cells × cells, 44] logits.</param>
    /// <param name="stride">Pixels of the input per cell.</param>
    /// <param name="cells">Cells per side.</param>
    /// <param name="placement">Where the picture stands in the input.</param>
    /// <param name="options">Scores and classes.</param>
    /// <param name="boxes">Takes the boxes, in pixels of the picture.</param>
    internal static void Decode(
        ReadOnlySpan<float> scores, ReadOnlySpan<float> distances, int stride, int cells, Placement placement, DetectorOptions options, List<Box> boxes)
    {
        for (var cell = 0; cell < cells * cells; cell++)
        {
            var (best, @class) = (options.MinScore, -1);
            foreach (var candidate in options.Classes.AsSpan())
            {
                var score = scores[(cell * Classes) + candidate];
                if (score > best)
                {
                    (best, @class) = (score, candidate);
                }
            }

            if (@class < 0)
            {
                continue;
            }

            var logits = distances.Slice(cell * Sides * Bins, Sides * Bins);
            var x = ((cell % cells) + 0.5f) * stride;
            var y = ((cell / cells) + 0.5f) * stride;
            boxes.Add(placement.ToPicture(
                x - (Mean(logits[..Bins]) * stride),
                y - (Mean(logits[Bins..(2 * Bins)]) * stride),
                x + (Mean(logits[(2 * Bins)..(3 * Bins)]) * stride),
                y + (Mean(logits[(3 * Bins)..]) * stride),
                best,
                @class));
        }
    }

    /// <summary>The mean of a distribution over 0, 1, 2, … given as logits.</summary>
    internal static float Mean(ReadOnlySpan<float> logits)
    {
        var largest = float.MinValue;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var (sum, weighted) = (0f, 0f);
        for (var i = 0; i < logits.Length; i++)
        {
            var weight = MathF.Exp(logits[i] - largest);
            sum += weight;
            weighted += weight * i;
        }

        return weighted / sum;
    }

    private static ReadOnlySpan<float> Find(TensorSlices tensors, int cells, int values)
    {
        for (var i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Shape is [var rows, var columns] && rows == cells && columns == values)
            {
                return tensors[i].Floats;
            }
        }

        throw new InvalidOperationException($"The model has no output [{cells}, {values}]. Run the program with 'models restore'.");
    }
}
