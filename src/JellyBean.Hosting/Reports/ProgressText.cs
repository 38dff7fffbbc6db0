namespace JellyBean.Hosting.Reports;

/// <summary>Writes each step on its own line.</summary>
internal sealed class ProgressText(TextWriter writer) : IProgress<string>
{
    public void Report(string value) => writer.WriteLine($"  {value}");
}
