using System.Collections.Immutable;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory;

/// <summary>Makes the models of one family. Its graph is read once, and calibrated once however many sizes are asked for.</summary>
/// <remarks>
/// Ranges of activations depend little on the size of the input, so those measured at one size, <see cref="CalibrationSize"/>, serve all:
/// that is quick, and a model does not depend on which others are made beside it.
/// </remarks>
internal sealed class ModelMaker
{
    /// <summary>Height and width of the pictures that 8-bit models are calibrated with.</summary>
    public const int CalibrationSize = 352;

    private readonly ModelFamily _family;
    private readonly GraphModel _graph;
    private readonly string _calibrationFolder;
    private readonly bool _hasOwnPictures;
    private (ImmutableDictionary<string, TensorRange> Ranges, CalibrationNote Note)? _calibration;

    /// <param name="family">What it makes.</param>
    /// <param name="modelJsonPath">The family's graph.</param>
    /// <param name="calibrationFolder">Where the pictures for 8-bit models are.</param>
    /// <param name="hasOwnPictures">Whether these are all that the folder has, rather than the samples of opencv-doc.</param>
    /// <exception cref="ModelFormatException">There is no such graph, or it is damaged.</exception>
    public ModelMaker(ModelFamily family, string modelJsonPath, string calibrationFolder, bool hasOwnPictures = false)
    {
        _hasOwnPictures = hasOwnPictures;
        _family = family;
        _graph = GraphModelReader.Read(modelJsonPath);
        _calibrationFolder = calibrationFolder;
    }

    /// <returns>The bytes of an ONNX file, the same for the same arguments, and how it was calibrated if it was.</returns>
    /// <exception cref="ModelFormatException">The files are damaged or hold another model, or calibration pictures are missing.</exception>
    public async Task<(byte[] Onnx, CalibrationNote? Calibration)> MakeAsync(ModelSpec spec, IProgress<string> progress, CancellationToken cancellationToken)
    {
        byte[] floats = Convert(spec.Size);
        if (!spec.IsInt8)
            return (floats, null);
        _calibration ??= await CalibrateAsync(progress, cancellationToken).ConfigureAwait(false);
        return (Int8Quantiser.Quantise(FloatModel.Read(floats), _calibration.Value.Ranges), _calibration.Value.Note);
    }

    private byte[] Convert(int size) => OnnxConverter.Convert(_graph, _family.Recipe, size);

    private async Task<(ImmutableDictionary<string, TensorRange> Ranges, CalibrationNote Note)> CalibrateAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        CalibrationPictures pictures = _hasOwnPictures
            ? await CalibrationPictures.ReadAllAsync(_calibrationFolder, CalibrationSize, _family.Channels, cancellationToken).ConfigureAwait(false)
            : await CalibrationPictures.ReadAsync(_calibrationFolder, CalibrationSize, _family.Channels, cancellationToken).ConfigureAwait(false);
        progress.Report($"Calibrating {_family.Name} with {pictures.Pictures.Count} pictures");
        ImmutableDictionary<string, TensorRange> ranges = RangeCalibration.Measure(FloatModel.Read(Convert(CalibrationSize)), pictures.Pictures, cancellationToken);
        return (ranges, new CalibrationNote { QuantiserVersion = Int8Quantiser.Version, Pictures = pictures.Source, PicturesSha256 = pictures.Sha256 });
    }
}
