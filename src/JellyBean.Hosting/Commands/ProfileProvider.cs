namespace JellyBean.Hosting.Commands;

internal sealed class ProfileProvider;
