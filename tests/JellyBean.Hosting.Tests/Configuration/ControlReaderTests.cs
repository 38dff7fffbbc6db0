namespace JellyBean.Hosting.Tests.Configuration;

public sealed class ControlReaderTests
{
    [Fact]
    public async Task Keys_that_are_wrong_or_unknown_are_told_together()
    {
        using var program = new TestProgram();

        var code = await program.InvokeAsync(
            "status", "--join", "127.0.0.1:1",
            "--set", "jellybean.control.http.listen=everywhere", "--set", "jellybean.control.http.certificate=maybe", "--set", "jellybean.control.http.password=x", "--set", "jellybean.control.telnet=yes");

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("control.http.listen is 'everywhere'", program.Error, StringComparison.Ordinal);
        Assert.Contains("control.http.certificate is 'maybe'", program.Error, StringComparison.Ordinal);
        Assert.Contains("control.http.password is unknown", program.Error, StringComparison.Ordinal);
        Assert.Contains("control.telnet is unknown", program.Error, StringComparison.Ordinal);
    }
}
