namespace JellyBean.Onnx;

/// <summary>One element's part of every output of a run. Valid only while the decoder runs.</summary>
public readonly ref struct TensorSlices
{
    private readonly TensorBuffer _input;
    private readonly TensorBuffer[] _outputs;
    private readonly int _element;

    internal TensorSlices(TensorBuffer input, TensorBuffer[] outputs, int element)
    {
        _input = input;
        _outputs = outputs;
        _element = element;
    }

    /// <summary>How many outputs the model has.</summary>
    public int Count => _outputs.Length;

    /// <summary>The shape of the input that this was computed from, without the batch.</summary>
    public ReadOnlySpan<int> InputShape => _input.Shape;

    /// <summary>An output by its place in the model file, from 0.</summary>
    public TensorView this[int index] => _outputs[index].View(_element);

    /// <summary>An output by its name in the model file.</summary>
    /// <exception cref="KeyNotFoundException">The model has no such output; the message lists those it has.</exception>
    public TensorView this[string name]
    {
        get
        {
            foreach (var output in _outputs)
            {
                if (string.Equals(output.Name, name, StringComparison.Ordinal))
                {
                    return output.View(_element);
                }
            }

            throw new KeyNotFoundException($"The model has no output '{name}'; it has {string.Join(", ", _outputs.Select(o => o.ToString()))}.");
        }
    }
}
