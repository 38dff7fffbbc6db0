namespace JellyBean.ModelFactory.Tests.Packages;

/// <summary>Collects progress at once, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class Lines : IProgress<string>
{
    public List<string> Reported { get; } = [];

    public void Report(string value) => Reported.Add(value);
}
