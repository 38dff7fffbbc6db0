using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Vision.Accuracy;

/// <summary>Reads a truth file in the XML form in which boxes and identities of PETS and other sequences are published (CVML, List and Fisher 2004).</summary>
/// <remarks>
/// <c>dataset / frame[number] / objectlist / object[id] / box[xc, yc, w, h]</c>: every frame from 0, empty ones included; centre, width and height in
/// pixels. Other elements and attributes are left alone.
/// </remarks>
public static class TruthFile
{
    private const long MostBytes = 256L << 20;
    private const int MostErrorsTold = 10;
    private const string Form = "<dataset><frame number=\"0\"><objectlist><object id=\"1\"><box xc=\"\" yc=\"\" w=\"\" h=\"\"/></object></objectlist></frame>…</dataset>";

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="TruthException">It is missing, empty, too large, no XML, or not of that form; all mistakes are told, the first ten with their lines.</exception>
    public static Truth Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var root = Load(path);
        if (root.Name.LocalName != "dataset")
        {
            throw new TruthException($"'{path}' begins with <{root.Name.LocalName}>; expected {Form}.");
        }

        List<string> errors = [];
        HashSet<long> frames = [];
        List<LabelledBox> boxes = [];
        foreach (var frame in root.Elements("frame"))
        {
            if (Whole(frame, "number", errors) is not { } number)
            {
                continue;
            }

            if (!frames.Add(number))
            {
                errors.Add($"{Line(frame)}frame {number} is there twice");
            }

            boxes.AddRange(ReadFrame(frame, number, errors));
        }

        if (frames.Count == 0)
        {
            errors.Add($"there is no frame in it; expected {Form}");
        }
        else if (frames.Max() is var last && last + 1 != frames.Count && errors.Count == 0)
        {
            errors.Add($"it has {frames.Count} frames but the last is number {last}: frames must be numbered from 0 without gaps, empty ones included");
        }
        else if (boxes.Count == 0 && errors.Count == 0)
        {
            errors.Add($"there is no box in its {frames.Count} frames, so nothing can be measured by it");
        }

        return errors.Count == 0
            ? new Truth(frames.Count, [.. boxes.OrderBy(b => b.Frame).ThenBy(b => b.Id)])
            : throw new TruthException($"The truth file '{path}' cannot be used: {string.Join("; ", errors.Take(MostErrorsTold))}{(errors.Count > MostErrorsTold ? $"; and {errors.Count - MostErrorsTold} more mistakes" : "")}.");
    }

    private static XElement Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new TruthException($"There is no truth file '{path}'.");
            }

            if (file.Length is 0 or > MostBytes)
            {
                throw new TruthException($"The truth file '{path}' has {file.Length} bytes; allowed: 1 to {MostBytes}.");
            }

            // No document type: entities could read other files or grow without bounds.
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true });
            return XElement.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            throw new TruthException($"The truth file '{path}' is no XML that can be read: {e.Message} Expected {Form}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TruthException($"The truth file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static IEnumerable<LabelledBox> ReadFrame(XElement frame, long number, List<string> errors)
    {
        HashSet<long> ids = [];
        foreach (var one in frame.Elements("objectlist").Elements("object"))
        {
            if (Whole(one, "id", errors) is not { } id)
            {
                continue;
            }

            if (!ids.Add(id))
            {
                errors.Add($"{Line(one)}object {id} is twice in frame {number}");
            }

            if (one.Elements("box").ToList() is not [var box])
            {
                errors.Add($"{Line(one)}object {id} in frame {number} must have one <box>");
            }
            else if (ReadBox(box, errors) is { } read)
            {
                yield return new LabelledBox(number, id, read);
            }
        }
    }

    private static Box? ReadBox(XElement box, List<string> errors)
    {
        var (x, y, width, height) = (Number(box, "xc", errors), Number(box, "yc", errors), Number(box, "w", errors), Number(box, "h", errors));
        if (width <= 0 || height <= 0)
        {
            errors.Add($"{Line(box)}a box of {width}×{height} pixels; sides must be above zero");
            return null;
        }

        return x is null || y is null || width is null || height is null
            ? null
            : new Box((float)(x - (width / 2)), (float)(y - (height / 2)), (float)width, (float)height);
    }

    private static long? Whole(XElement element, string attribute, List<string> errors) =>
        long.TryParse(element.Attribute(attribute)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : Reject<long>(element, attribute, "a whole number from 0", errors);

    private static double? Number(XElement element, string attribute, List<string> errors) =>
        double.TryParse(element.Attribute(attribute)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= Picture.MaxSide
            ? value
            : Reject<double>(element, attribute, $"a number of pixels, up to {Picture.MaxSide}", errors);

    private static T? Reject<T>(XElement element, string attribute, string allowed, List<string> errors)
        where T : struct
    {
        var found = element.Attribute(attribute) is { } given ? $"is '{given.Value}'" : "is missing";
        errors.Add($"{Line(element)}'{attribute}' of <{element.Name.LocalName}> {found}; allowed: {allowed}");
        return null;
    }

    private static string Line(XElement element) => element is IXmlLineInfo info && info.HasLineInfo() ? $"line {info.LineNumber}: " : "";
}
