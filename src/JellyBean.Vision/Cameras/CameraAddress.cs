using System.Text.RegularExpressions;

namespace JellyBean.Vision.Cameras;

/// <summary>Where a camera is. Its text may hold credentials: whatever is shown goes through <see cref="Shown"/> or <see cref="Redact"/>.</summary>
internal sealed partial record CameraAddress
{
    /// <summary>What a URI may be, for messages.</summary>
    public const string Allowed =
        "a video file, a pattern of files such as clips/*.mp4, a folder of pictures such as shots/, or a URI of rtsp, rtsps, rtmp, rtmps, http, https, tcp, udp, srt or v4l2";

    private const string Hidden = "***";
    private readonly List<string> _secrets = [];
    private (string Place, string Host)? _detour;

    private CameraAddress(CameraKind kind, string text)
    {
        (Kind, Text) = (kind, text);
        Shown = text;
    }

    public CameraKind Kind { get; }

    /// <summary>A path, or the whole URI, credentials included.</summary>
    public string Text { get; }

    /// <summary>The same without credentials.</summary>
    public string Shown { get; private init; }

    /// <summary>Whether it can be read again from its beginning.</summary>
    public bool IsReplayable => Kind is CameraKind.File or CameraKind.Files or CameraKind.Images;

    /// <returns>Null for a text that is no camera's address.</returns>
    public static CameraAddress? Parse(string text)
    {
        if (text.StartsWith("/dev/video", StringComparison.Ordinal))
        {
            return new CameraAddress(CameraKind.Device, text);
        }

        if (text.StartsWith("v4l2:", StringComparison.Ordinal))
        {
            return text.Length > "v4l2:".Length ? new CameraAddress(CameraKind.Device, text["v4l2:".Length..]) : null;
        }

        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return text.Length == 0 || IsUriGoneWrong(text) ? null : OfPath(text);
        }

        text = text.Trim();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            return null;
        }

        CameraKind? kind = uri.Scheme switch
        {
            "file" => CameraKind.File,
            "rtsp" or "rtsps" => CameraKind.Rtsp,
            "rtmp" or "rtmps" => CameraKind.Rtmp,
            "http" or "https" => uri.AbsolutePath.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase) ? CameraKind.Hls : CameraKind.Http,
            "tcp" or "udp" or "srt" => CameraKind.TransportStream,
            _ => null,
        };
        if (kind is CameraKind.File)
        {
            return OfPath(uri.LocalPath);
        }

        // Transport streams need a port; the others have one of their own.
        return kind is null || uri.Host.Length == 0 || (kind == CameraKind.TransportStream && uri.Port <= 0)
            ? null
            : OfUri(kind.Value, uri.Scheme + text[uri.Scheme.Length..], uri);
    }

    /// <summary>The same camera, reached by way of another place.</summary>
    /// <param name="place">Host and port.</param>
    public CameraAddress By(string place)
    {
        var begin = Text.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        var end = Text.IndexOfAny(['/', '?'], begin) is >= 0 and var at ? at : Text.Length;
        var host = Text.LastIndexOf('@', end - 1, end - begin) + 1 is > 0 and var behind ? behind : begin;
        var address = new CameraAddress(Kind, Text[..host] + place + Text[end..]) { Shown = Shown, _detour = (place, Text[host..end]) };
        address._secrets.AddRange(_secrets);
        return address;
    }

    /// <summary>Takes credentials out of what another program says.</summary>
    public string Redact(string line)
    {
        foreach (var secret in _secrets)
        {
            line = line.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        // Servers name other places, which may have credentials of their own.
        line = QueriesWithin().Replace(UserInfoWithin().Replace(line, Hidden), "?" + Hidden);
        return _detour is { } detour ? line.Replace(detour.Place, detour.Host, StringComparison.Ordinal) : line;
    }

    /// <summary>Takes what may be credentials out of a URI that is not understood: where its parts begin and end, nobody knows.</summary>
    public static string ShownOf(string text) => Query().Replace(BehindUser().Replace(UserInfo().Replace(text, "$1" + Hidden + "@"), Hidden), "?" + Hidden);

    /// <summary>What may be wrong with a URI that is not understood.</summary>
    public static string AdviceFor(string text) =>
        text.Contains('@', StringComparison.Ordinal) ? "; in a password, @ is written as %40, / as %2F, ? as %3F, # as %23, \\ as %5C, % as %25" : "";

    // Not the compiler's: the text has secrets.
    public override string ToString() => Shown;

    // Whoever left out a slash is not to read the password in a complaint about a file.
    private static bool IsUriGoneWrong(string text) => Misspelt().IsMatch(text) && !Path.Exists(text) && !Path.Exists(Path.GetDirectoryName(text));

    private static CameraAddress OfPath(string path) => new(
        path.IndexOfAny(['*', '?']) >= 0 && !File.Exists(path) ? CameraKind.Files : path.EndsWith(Path.DirectorySeparatorChar) ? CameraKind.Images : CameraKind.File,
        path);

    private static CameraAddress OfUri(CameraKind kind, string text, Uri uri)
    {
        var address = new CameraAddress(kind, text) { Shown = Query().Replace(UserInfoOf().Replace(text, Hidden), "?" + Hidden) };
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        foreach (var part in new[] { uri.UserInfo, colon < 0 ? "" : uri.UserInfo[(colon + 1)..], uri.Query.TrimStart('?') })
        {
            // As it is written, and as other programs may write it.
            foreach (var secret in new[] { part, Uri.UnescapeDataString(part) }.Where(s => s.Length > 0).Distinct())
            {
                address._secrets.Add(secret);
            }
        }

        return address;
    }

    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]*:/*)?.*@", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex UserInfo();

    // What is no port where one would be: the rest was cut off, as by a '#'.
    [GeneratedRegex(@"(?<=://[^/:@\[]*:)(?![0-9]*(/|$))[^@]*$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BehindUser();

    [GeneratedRegex(@"\?.*$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex("(?<=://)[^/@]*(?=@)", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfoOf();

    [GeneratedRegex(@"(?<=://)[^/@\s]*(?=@)", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfoWithin();

    [GeneratedRegex(@"(?<=://[^\s?'""]*)\?[^\s'""]*", RegexOptions.CultureInvariant)]
    private static partial Regex QueriesWithin();

    [GeneratedRegex("^(rtsps?|rtmps?|https?|srt|tcp|udp):|:[^/]*@", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Misspelt();
}
