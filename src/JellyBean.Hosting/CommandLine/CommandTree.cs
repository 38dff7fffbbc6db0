namespace JellyBean.Hosting.CommandLine;

internal sealed class CommandTree
{
    public Task<int> InvokeAsync(IReadOnlyList<string> args, CancellationToken cancellationToken) => throw new NotSupportedException();
}
