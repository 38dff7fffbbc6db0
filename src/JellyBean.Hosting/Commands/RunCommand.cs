namespace JellyBean.Hosting.Commands;

internal sealed class RunCommand;
