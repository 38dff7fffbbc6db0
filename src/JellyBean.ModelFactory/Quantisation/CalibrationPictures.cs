using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;

namespace JellyBean.ModelFactory.Quantisation;

/// <summary>Pictures for calibration, scaled to a model's input.</summary>
/// <param name="Source">What they are and where they come from.</param>
/// <param name="Pictures">Each <c>[height, width, 3]</c> bytes.</param>
internal sealed record CalibrationPictures(string Source, IReadOnlyList<byte[]> Pictures)
{
    /// <summary>Where Debian's package opencv-doc puts its sample pictures.</summary>
    public const string DefaultFolder = "/usr/share/doc/opencv-doc/examples/data";

    /// <summary>Where the pictures come from, in a few words.</summary>
    public const string Origin = "pictures of opencv-doc";

    // Each is held whole until the last was shown: 500 are 190 MB.
    private const int MostPictures = 500;

    private const string Ffmpeg = "ffmpeg";
    private const int ErrorLength = 500;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly ImmutableArray<string> Endings = [".jpg", ".jpeg", ".png", ".bmp"];

    /// <summary>
    /// Photographs and pictures from films with people, streets, rooms and things in the size and light that a camera sees. The package's clip
    /// <c>vtest.avi</c>, on which accuracy is measured, is left out.
    /// </summary>
    private static readonly ImmutableArray<(string File, int Every)> Files =
    [
        ("Megamind.avi", 30), ("basketball1.png", 1), ("basketball2.png", 1), ("messi5.jpg", 1), ("home.jpg", 1), ("building.jpg", 1),
        ("leuvenA.jpg", 1), ("left.jpg", 1), ("left05.jpg", 1), ("right12.jpg", 1), ("squirrel_cls.jpg", 1), ("stuff.jpg", 1), ("fruits.jpg", 1),
        ("licenseplate_motion.jpg", 1), ("aero1.jpg", 1), ("graf1.png", 1),
    ];

    /// <summary>SHA-256 of all bytes that the model is shown, in their order.</summary>
    public string Sha256 => ContentHash.Of(Pictures.SelectMany(picture => picture).ToArray());

    /// <summary>Reads the sample pictures of opencv-doc.</summary>
    /// <exception cref="ModelFormatException">Some are missing or cannot be read; the message names them.</exception>
    public static async Task<CalibrationPictures> ReadAsync(string folder, int size, ChannelOrder channels, CancellationToken cancellationToken)
    {
        string[] missing = [.. Files.Select(file => file.File).Where(file => !File.Exists(Path.Combine(folder, file)))];
        if (missing.Length > 0)
            throw new ModelFormatException($"8-bit models are calibrated with sample pictures of the Debian package opencv-doc, but '{folder}' does not have {string.Join(", ", missing)}. Install it with 'apt install opencv-doc', or do without -int8 models.");
        return await ReadAsync("opencv-doc", folder, Files, size, channels, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all pictures of a folder, in the order of their names.</summary>
    /// <exception cref="ModelFormatException">There are too few or too many, or one cannot be read.</exception>
    public static async Task<CalibrationPictures> ReadAllAsync(string folder, int size, ChannelOrder channels, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new ModelFormatException($"There is no folder '{folder}' with calibration pictures. Correct its name.");
        ImmutableArray<(string File, int Every)> files =
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).Select(file => (file, 1)),
        ];
        if (files.Length is < RangeCalibration.FewestPictures or > MostPictures)
            throw new ModelFormatException($"'{folder}' has {files.Length} calibration picture{(files.Length == 1 ? "" : "s")} ({string.Join(", ", Endings)}); allowed: {RangeCalibration.FewestPictures} to {MostPictures}. Give as many, as different as what the model will see.");
        return await ReadAsync(folder, folder, files, size, channels, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<CalibrationPictures> ReadAsync(
        string origin, string folder, ImmutableArray<(string File, int Every)> files, int size, ChannelOrder channels, CancellationToken cancellationToken)
    {
        var pictures = new List<byte[]>();
        foreach ((string file, int every) in files)
            pictures.AddRange(await DecodeAsync(Path.Combine(folder, file), every, size, channels, cancellationToken).ConfigureAwait(false));
        return new CalibrationPictures($"{origin}: {string.Join(", ", files.Select(file => file.File))}", pictures);
    }

    /// <summary>Every so many pictures of a file, scaled without regard to their proportions, as detectors see them.</summary>
    /// <exception cref="ModelFormatException">ffmpeg is missing, or cannot read the file.</exception>
    private static async Task<IReadOnlyList<byte[]>> DecodeAsync(string file, int every, int size, ChannelOrder channels, CancellationToken cancellationToken)
    {
        string sizeText = size.ToString(CultureInfo.InvariantCulture);
        using Process ffmpeg = Start(
        [
            "-v", "error", "-nostdin", "-threads", "1", "-i", file,
            "-vf", $"select=not(mod(n\\,{every.ToString(CultureInfo.InvariantCulture)})),scale={sizeText}:{sizeText}:flags=bilinear+accurate_rnd+bitexact", "-vsync", "0",
            "-f", "rawvideo", "-pix_fmt", channels == ChannelOrder.BlueFirst ? "bgr24" : "rgb24", "pipe:1",
        ]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            using var raw = new MemoryStream();
            Task<string> errors = ffmpeg.StandardError.ReadToEndAsync(limit.Token);
            await Task.WhenAll(errors, ffmpeg.StandardOutput.BaseStream.CopyToAsync(raw, limit.Token), ffmpeg.WaitForExitAsync(limit.Token)).ConfigureAwait(false);
            int bytes = size * size * 3;
            if (ffmpeg.ExitCode != 0 || raw.Length == 0 || raw.Length % bytes != 0)
                throw new ModelFormatException($"'{Ffmpeg}' cannot read pictures out of '{file}': {Last(await errors.ConfigureAwait(false))}");
            return [.. raw.ToArray().Chunk(bytes)];
        }
        catch (OperationCanceledException)
        {
            ffmpeg.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new ModelFormatException($"'{Ffmpeg}' did not read '{file}' within {Deadline.TotalSeconds:0} s. Try again on a quieter machine.");
        }
    }

    private static Process Start(IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(Ffmpeg, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception missing)
        {
            throw new ModelFormatException($"'{Ffmpeg}' cannot be started ({missing.Message}), but it reads the calibration pictures. Install it, on Debian with 'apt install ffmpeg'.", missing);
        }
    }

    private static string Last(string text) => text.Trim() is { Length: > 0 } reason ? reason[^Math.Min(ErrorLength, reason.Length)..] : "it gave no reason.";
}
