using JellyBean.Workflows.Inputs;

namespace JellyBean.Workflows.Tests.Inputs;

public class SourceSettingsTests
{
    private static SourceSettings Settings(params (string Key, string Value)[] values) =>
        new("jellybean.inputs.cameras.north", "north", values.ToDictionary(v => v.Key, v => v.Value));

    [Fact]
    public void Values_are_read_and_missing_ones_fall_back()
    {
        var settings = Settings(("uri", "a.mp4"), ("max-fps", "12.5"));

        Assert.Equal("a.mp4", settings.RequiredText("uri", "a file"));
        Assert.Equal(12.5, settings.Number("max-fps", 0, 100));
        Assert.Equal(3, settings.Number("threads", 1, 8, fallback: 3));
        Assert.Null(settings.Number("skip", 0, 1));
        Assert.Equal("x", settings.Text("mode", "x"));
        settings.RejectUnknown();
        Assert.Empty(settings.Errors);
    }

    [Fact]
    public void All_errors_are_collected_with_key_value_and_what_is_allowed()
    {
        var settings = Settings(("max-fps", "fast"), ("threads", "9"), ("skip", "NaN"), ("mx-fps", "1"));

        settings.RequiredText("uri", "a file or a device");
        Assert.Equal(25, settings.Number("max-fps", 0, 100, 25));
        settings.Number("threads", 1, 8);
        settings.Number("skip", 0, 0.5);
        settings.RejectUnknown();

        Assert.Equal(
            [
                "jellybean.inputs.cameras.north.uri is missing; allowed: a file or a device.",
                "jellybean.inputs.cameras.north.max-fps is 'fast'; allowed: a number from 0 to 100.",
                "jellybean.inputs.cameras.north.threads is '9'; allowed: a number from 1 to 8.",
                "jellybean.inputs.cameras.north.skip is 'NaN'; allowed: a number from 0 to 0.5.",
                "jellybean.inputs.cameras.north.mx-fps is unknown; allowed: max-fps, skip, threads, uri. Did you mean 'max-fps'?",
            ],
            settings.Errors);
    }

    [Fact]
    public void Errors_tell_where_the_key_stands_or_else_the_source()
    {
        var settings = new SourceSettings(
            "jellybean.inputs.lines.one",
            "one",
            new Dictionary<string, string> { ["rate"] = "fast" },
            new Dictionary<string, string> { ["rate"] = "a.conf:7", [""] = "a.conf:5" });

        settings.RequiredText("uri", "a file");
        settings.Number("rate", 0, 10);

        Assert.Equal(
            ["jellybean.inputs.lines.one.uri is missing (a.conf:5); allowed: a file.", "jellybean.inputs.lines.one.rate is 'fast' (a.conf:7); allowed: a number from 0 to 10."],
            settings.Errors);
    }

    [Fact]
    public void Unknown_keys_are_told_once_however_often_they_are_asked_for()
    {
        var settings = Settings(("cuont", "9"));

        settings.RejectUnknown();
        settings.RejectUnknown();

        Assert.Single(settings.Errors);
    }

    [Fact]
    public void DropOldest_below_one_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Overload.DropOldest(0));
        Assert.Equal(Overload.LatestOnly, Overload.DropOldest(1));
    }
}
