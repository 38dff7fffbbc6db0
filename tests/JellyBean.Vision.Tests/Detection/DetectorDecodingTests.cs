using JellyBean.Onnx;
using JellyBean.Vision.Detection;
using JellyBean.Workflows.Models;

namespace JellyBean.Vision.Tests.Detection;

public sealed class DetectorDecodingTests
{
    [Fact]
    public void NanoDet_mean_of_a_distribution()
    {
        Assert.Equal(5, NanoDet.Mean(new float[11]), 1e-4f);
        Assert.Equal(3, NanoDet.Mean([-50, -50, -50, 50, -50]), 1e-4f);
        Assert.Equal(2.5f, NanoDet.Mean([-1000, -1000, 900, 900]), 1e-4f);
    }

    [Fact]
    public void NanoDet_cell_gives_a_box_around_its_centre()
    {
        var (scores, distances) = (new float[4 * 80], new float[4 * 44]);
        scores[3 * 80] = 0.9f;
        scores[1 * 80 + 5] = 0.8f;
        for (var side = 0; side < 4; side++)
        {
            distances.AsSpan((3 * 44) + (side * 11), 11).Fill(-100);
            distances[(3 * 44) + (side * 11) + side + 1] = 100;
        }

        List<Box> boxes = [];
        NanoDet.Decode(scores, distances, stride: 16, cells: 2, Placement.Stretch(64, 32, 32, 32), NanoDetOptions.Default, boxes);

        // Centre 24, 24 in the input; 1, 2, 3, 4 strides left, up, right, down; twice as wide in the picture.
        var box = Assert.Single(boxes);
        Assert.Equal((16, -8, 128, 96, 0.9f), (box.X, box.Y, box.Width, box.Height, box.Score));
    }

    [Fact]
    public void NanoDet_variants_are_named_by_size_and_weights() =>
        Assert.Equal(["nanodet-256", "nanodet-256-int8", "nanodet-352", "nanodet-352-int8"], NanoDet.Variants([256, 352], int8: true).Select(v => v.Name));

    [Fact]
    public async Task NanoDet_file_missing_the_message_names_the_restore_command()
    {
        // 32 is a size that nobody makes.
        var error = await Assert.ThrowsAsync<ModelLoadException>(() => NanoDet.Variants([32]).Single().LoadAsync(Device.OneCore, CancellationToken.None));

        Assert.Contains("'models restore'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Yolo_candidates_become_boxes_of_the_frame()
    {
        const int Candidates = 21;
        var values = new float[6 * Candidates];
        Set(0, 16, 16, 8, 16, 0.1f, 0.9f);
        Set(7, 17, 16, 8, 16, 0.0f, 0.8f);
        Set(9, 16, 16, 8, 16, 0.7f, 0.1f);
        Set(20, 4, 12, 8, 8, 0.2f, 0.1f);

        var boxes = Yolo.Decode(new TensorView(values, [6, Candidates]), Pixels.Frame(64, 32), inputSize: 32);

        Assert.Equal([new Box(24, 0, 16, 32, 0.9f, 1), new Box(24, 0, 16, 32, 0.7f, 0)], boxes);

        void Set(int candidate, params float[] column)
        {
            for (var row = 0; row < column.Length; row++)
            {
                values[(row * Candidates) + candidate] = column[row];
            }
        }
    }

    [Fact]
    public void Yolo_output_of_another_size_is_told()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Yolo.Decode(new TensorView(new float[84 * 21], [84, 21]), Pixels.Frame(8, 8)));

        Assert.Contains("[84, 21], expected [4 + classes, 8400] for an input of 640 pixels", error.Message, StringComparison.Ordinal);
    }
}
