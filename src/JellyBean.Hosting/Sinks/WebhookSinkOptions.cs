using System.Collections.Immutable;

namespace JellyBean.Hosting.Sinks;

/// <summary>How a <see cref="WebhookSink{T}"/> sends.</summary>
public sealed record WebhookSinkOptions
{
    /// <summary>How long one request may take.</summary>
    /// <value>10 seconds unless set.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a batch is sent again, at intervals that double up to 10 seconds, before the run fails.</summary>
    /// <value>10 minutes unless set.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Sent with each request, such as <c>Authorization</c>.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;
}
