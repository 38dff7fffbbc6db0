using System.Globalization;

namespace JellyBean.Vision.Cameras;

/// <summary>What is done to a picture before it leaves the decoder: turned, cut out, made smaller, announced.</summary>
internal static class PictureFilter
{
    public static string Of(CameraOptions options) => string.Join(',', Steps(options));

    private static IEnumerable<string> Steps(CameraOptions options)
    {
        if (options.Rotate != 0)
        {
            yield return options.Rotate switch { 90 => "transpose=clock", 180 => "hflip,vflip", _ => "transpose=cclock" };
        }

        if (options.Region is { } region)
        {
            yield return Crop(region);
        }

        if (options.MaxWidth is { } width)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"scale=w='min(iw,{width})':h='max(1,round(ih*ow/iw))'");
        }

        // After the others, so that it announces the picture as it is written.
        yield return "showinfo=checksum=0";
    }

    private static string Crop(Region region)
    {
        var (x, y, width, height) = region;

        // Odd edges cannot be cut out of pictures whose colour is at half resolution, so those are converted first.
        var convert = ((x | y | width | height) & 1) == 0 ? "" : "format=rgba,";

        // The filter would silently move a region that reaches over the edge; a size of -1 is an error.
        return string.Create(CultureInfo.InvariantCulture,
            $"{convert}crop=w='if(lte({x + width},iw),{width},-1)':h='if(lte({y + height},ih),{height},-1)':x={x}:y={y}:exact=1");
    }
}
