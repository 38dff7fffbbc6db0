using JellyBean.Vision.Accuracy;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Vision.Tests.Accuracy;

public sealed class TruthFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_boxes_and_identities_of_every_frame()
    {
        var truth = Read("""
            <?xml version="1.0" encoding="utf-8"?>
            <dataset name="x">
               <frame number="0"><objectlist><object id="9"><orientation>1</orientation><box h="80" w="30" xc="100.5" yc="50"/></object></objectlist></frame>
               <frame number="1"><objectlist/></frame>
               <frame number="2"><objectlist><object id="3"><box h="10" w="20" xc="15" yc="6"/></object><object id="1"><box h="10" w="20" xc="15" yc="6"/></object></objectlist></frame>
            </dataset>
            """);

        Assert.Equal(3, truth.Frames);
        Assert.Equal<LabelledBox>([new(0, 9, new Box(85.5f, 10, 30, 80)), new(2, 1, new Box(5, 1, 20, 10)), new(2, 3, new Box(5, 1, 20, 10))], truth.Boxes);
    }

    [Theory]
    [InlineData("", "0 bytes")]
    [InlineData("MOTA 1.0", "no XML")]
    [InlineData("<dataset><frame number='0'>", "no XML")]
    [InlineData("<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><dataset>&e;</dataset>", "no XML")]
    [InlineData("<annotation><frame number='0'/></annotation>", "begins with <annotation>")]
    [InlineData("<dataset/>", "no frame")]
    [InlineData("<dataset><frame number='0'/><frame number='1'><objectlist/></frame></dataset>", "no box in its 2 frames")]
    [InlineData("<dataset><frame number='0'/><frame number='2'/></dataset>", "numbered from 0 without gaps")]
    [InlineData("<dataset><frame number='0'/><frame number='0'/></dataset>", "frame 0 is there twice")]
    [InlineData("<dataset><frame number='-1'/></dataset>", "'number' of <frame> is '-1'")]
    public void Read_what_is_no_truth_is_told(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<TruthException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_all_mistakes_are_told_at_once_with_their_lines()
    {
        var error = Assert.Throws<TruthException>(() => Read("""
            <dataset>
            <frame number="0"><objectlist>
            <object id="1"><box h="80" w="30" xc="NaN" yc="5"/></object>
            <object id="2"><box h="-8" w="30" xc="1" yc="5"/></object>
            <object id="2"><box h="8" w="30" xc="1" yc="5"/></object>
            <object><box h="8" w="30" xc="1" yc="5"/></object>
            <object id="4"/>
            <object id="5"><box h="8" w="30" xc="1e9"/></object>
            </objectlist></frame></dataset>
            """));

        Assert.All(
            ["line 3: 'xc' of <box> is 'NaN'", "line 4: a box of 30×-8 pixels", "line 5: object 2 is twice in frame 0", "line 6: 'id' of <object> is missing", "line 7: object 4 in frame 0 must have one <box>", "line 8: 'yc' of <box> is missing", "'xc' of <box> is '1e9'"],
            told => Assert.Contains(told, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_file_that_is_missing_is_told() =>
        Assert.Contains("There is no truth file 'none.xml'", Assert.Throws<TruthException>(() => TruthFile.Read("none.xml")).Message, StringComparison.Ordinal);

    private Truth Read(string text)
    {
        File.WriteAllText(_path, text);
        return TruthFile.Read(_path);
    }
}
