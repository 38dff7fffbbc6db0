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
        NanoDet.Decode(scores, distances, stride: 16, cells: 2, Placement.Stretch(64, 32, 32, 32), DetectorOptions.Default, boxes);

        // Centre 24, 24 in the input; 1, 2, 3, 4 strides left, up, right, down; twice as wide in the picture.
        var box = Assert.Single(boxes);
        Assert.Equal((16, -8, 128, 96, 0.9f), (box.X, box.Y, box.Width, box.Height, box.Score));
    }

    [Fact]
    public void NanoDet_variants_are_named_by_size_and_weights() =>
        Assert.Equal(["nanodet-256", "nanodet-256-int8", "nanodet-352", "nanodet-352-int8"], NanoDet.Variants([256, 352], int8: true).Select(v => v.Name));

    [Fact]
    public void CenterNet_variants_are_named_by_size_and_of_the_same_kind_as_NanoDet_ones() =>
        Assert.Equal(["nanodet-256", "centernet-192", "centernet-256"], Model.Define("detector", [.. NanoDet.Variants([256]), .. CenterNet.Variants([192, 256])]).Variants.Select(v => v.Name));

    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(672)]
    public void Sizes_that_no_file_has_are_refused(int size)
    {
        Assert.Contains("from 96 to 640", Assert.Throws<ArgumentOutOfRangeException>(() => NanoDet.Variants([size])).Message, StringComparison.Ordinal);
        Assert.Contains("from 96 to 640", Assert.Throws<ArgumentOutOfRangeException>(() => CenterNet.Variants([size])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CenterNet_peak_gives_a_box_around_its_cell()
    {
        var (heat, sides) = (new float[80 * 16], new float[4 * 16]);

        // Column 2, row 1 of 4 × 4 cells; its neighbour is less hot, and another class is nobody's business.
        (heat[6], heat[7], heat[(5 * 16) + 0]) = (0.9f, 0.8f, 1);
        for (var side = 0; side < 4; side++)
        {
            sides[(side * 16) + 6] = side + 1;
        }

        var boxes = CenterNet.Decode(heat, sides, cells: 4, Placement.Stretch(32, 16, 16, 16), DetectorOptions.Default);

        // 8, 4 in the input; 1, 2, 3, 4 pixels left, up, right, down; twice as wide in the picture.
        Assert.Equal([new Box(14, 2, 8, 6, 0.9f, 0)], boxes);
    }

    [Fact]
    public void CenterNet_peaks_at_the_edges_count_and_cold_ones_do_not()
    {
        var (heat, sides) = (new float[80 * 16], new float[4 * 16]);
        (heat[0], heat[3], heat[12], heat[15]) = (0.9f, 0.8f, 0.7f, 0.1f);
        Array.Fill(sides, 1);

        var boxes = CenterNet.Decode(heat, sides, cells: 4, Placement.Stretch(16, 16, 16, 16), DetectorOptions.Default);

        Assert.Equal([0.9f, 0.8f, 0.7f], boxes.Select(box => box.Score));
    }

    [Fact]
    public void CenterNet_classes_asked_for_are_told_apart_and_only_the_surest_boxes_stay()
    {
        var (heat, sides) = (new float[80 * 16], new float[4 * 16]);
        (heat[0], heat[(2 * 16) + 0], heat[(2 * 16) + 15]) = (0.7f, 0.9f, 0.5f);
        Array.Fill(sides, 1);

        var boxes = CenterNet.Decode(heat, sides, cells: 4, Placement.Stretch(16, 16, 16, 16), DetectorOptions.Default with { Classes = [0, 2], MaxBoxes = 2 });

        Assert.Equal([(2, 0.9f), (0, 0.7f)], boxes.Select(box => (box.Class, box.Score)));
    }

    [Fact]
    public async Task NanoDet_file_missing_the_message_names_the_restore_command()
    {
        // In the cache, but a folder that it does not have.
        var options = DetectorOptions.Default with { Folder = Path.Combine(ModelCache.Models, "none") };
        var error = await Assert.ThrowsAsync<ModelLoadException>(() => NanoDet.Variants([352], options: options).Single().LoadAsync(Device.OneCore, CancellationToken.None));

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
