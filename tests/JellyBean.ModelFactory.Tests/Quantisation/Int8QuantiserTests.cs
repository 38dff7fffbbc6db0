using System.Collections.Immutable;
using Google.Protobuf;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.ModelFactory.Schema;
using JellyBean.ModelFactory.Tests.Conversion;
using Microsoft.ML.OnnxRuntime;
using static JellyBean.ModelFactory.Tests.TinyModel;

namespace JellyBean.ModelFactory.Tests.Quantisation;

public sealed class Int8QuantiserTests
{
    [Fact]
    public void Quantised_model_answers_nearly_as_the_float_model()
    {
        FloatModel model = TinyImages.Model();
        byte[] quantised = Int8Quantiser.Quantise(model, TinyImages.Ranges(model));

        foreach (byte[] picture in TinyImages.Pictures(20, seed: 7))
        {
            using OrtValue pixels = OrtValue.CreateTensorValueFromMemory(picture, [1, TinyImages.Size, TinyImages.Size, 3]);
            Tensor exact = Converted.Run(model.Model.ToByteArray(), pixels)[0], rounded = Converted.Run(quantised, pixels)[0];

            Assert.Equal(exact.Shape, rounded.Shape);
            Assert.All(exact.Values.Zip(rounded.Values), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
            Assert.NotEqual(exact.Values, rounded.Values);
        }
    }

    [Fact]
    public void Quantised_model_holds_weights_as_signed_bytes_per_channel_and_has_the_same_inputs_and_outputs()
    {
        FloatModel model = TinyImages.Model();

        GraphProto graph = ModelProto.Parser.ParseFrom(Int8Quantiser.Quantise(model, TinyImages.Ranges(model))).Graph;

        Dictionary<string, TensorProto> constants = graph.Initializer.ToDictionary(tensor => tensor.Name);
        TensorProto weights = Assert.Single(graph.Initializer, tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int8 && tensor.Dims.SequenceEqual([4L, 3, 3, 3]));
        Assert.Equal([4L], constants[weights.Name + "/scale"].Dims);
        Assert.Contains(weights.RawData, value => (sbyte)value is 127 or -127);
        Assert.Equal(model.Model.Graph.Input, graph.Input);
        Assert.Equal(model.Model.Graph.Output, graph.Output);
    }

    [Fact]
    public void Same_model_and_ranges_give_the_same_bytes()
    {
        FloatModel model = TinyImages.Model(), again = TinyImages.Model();

        Assert.Equal(Int8Quantiser.Quantise(model, TinyImages.Ranges(model)), Int8Quantiser.Quantise(again, TinyImages.Ranges(again)));
    }

    [Fact]
    public void Model_without_convolutions_is_refused()
    {
        TinyModel model = new TinyModel().Input("x", 1, 8, 8, 3).Node("Sigmoid", "out", ["x"]);

        var refused = Assert.Throws<ModelFormatException>(() => FloatModel.Read(TinyImages.Onnx(model)));

        Assert.Contains("has no Conv node", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_with_computed_weights_is_refused_and_the_convolution_named()
    {
        var graph = new OnnxGraphBuilder();
        string pixels = graph.Input(GraphInput.Name, TensorProto.Types.DataType.Float, [1, 3, 3, 3]);
        graph.Output("out", graph.Node("Conv", "dynamic", [pixels, pixels]), [1, 1, 1, 1]);
        var model = new ModelProto { IrVersion = OnnxFormat.IrVersion, Graph = graph.Finish("tiny") };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OnnxFormat.OperatorSet });

        var refused = Assert.Throws<ModelFormatException>(() => FloatModel.Read(model.ToByteArray()));

        Assert.Contains("computes weights of the convolutions 'dynamic'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_no_model_is_refused() =>
        Assert.Contains("cannot read", Assert.Throws<ModelFormatException>(() => FloatModel.Read([1, 2, 3])).Message, StringComparison.Ordinal);

    [Fact]
    public void Ranges_of_another_model_are_refused()
    {
        var refused = Assert.Throws<ModelFormatException>(() => Int8Quantiser.Quantise(TinyImages.Model(), ImmutableDictionary<string, TensorRange>.Empty));

        Assert.Contains("knows nothing of 'pixels/normalised'", refused.Message, StringComparison.Ordinal);
    }
}
