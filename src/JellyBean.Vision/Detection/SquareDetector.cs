using System.Globalization;
using JellyBean.Onnx;
using JellyBean.Workflows.Models;

namespace JellyBean.Vision.Detection;

/// <summary>What the detectors of the model factory have in common: a square input of bytes, to which frames are stretched.</summary>
internal static class SquareDetector
{
    // As the model factory has it.
    private const int Step = 32;
    private const int Smallest = 96;
    private const int Largest = 640;

    /// <summary>Reads boxes out of a model's outputs, in pixels of the frame.</summary>
    public delegate IReadOnlyList<Box> Decoder(TensorSlices tensors, Placement placement);

    public static Variant<Frame, IReadOnlyList<Box>> Variant(string family, int size, string ending, PixelLayout layout, Decoder decode, DetectorOptions options)
    {
        if (size is < Smallest or > Largest || size % Step != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, string.Create(CultureInfo.InvariantCulture, $"The side of a {family} input is a multiple of {Step} from {Smallest} to {Largest} pixels."));
        }

        if (options.Errors().ToList() is { Count: > 0 } errors)
        {
            throw new ArgumentException($"Detectors '{family}' cannot be made with these options: {string.Join(" ", errors)}", nameof(options));
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{family}-{size}{ending}");
        return OnnxVariant.Create<Frame, IReadOnlyList<Box>>(
            name,
            Path.Combine(options.Folder, name + ".onnx"),
            (frame, tensor) => frame.StretchTo(tensor, layout),
            (tensors, frame) => Clip(decode(tensors, Placement.Stretch(frame.Width, frame.Height, size, size)), frame),
            new OnnxOptions { MaxBatch = options.MaxBatch, InputShape = [size, size, 3] });
    }

    private static List<Box> Clip(IReadOnlyList<Box> boxes, Frame frame)
    {
        List<Box> clipped = new(boxes.Count);
        foreach (var box in boxes)
        {
            var visible = box.Clip(frame.Width, frame.Height);
            if (visible is { Width: > 0, Height: > 0 })
            {
                clipped.Add(visible);
            }
        }

        return clipped;
    }
}
