namespace JellyBean.Hosting.Sinks;

/// <summary>How an <see cref="MqttSink{T}"/> sends.</summary>
public sealed record MqttSinkOptions
{
    /// <summary>The broker's name or address.</summary>
    public required string Host { get; init; }

    /// <summary>The broker's port.</summary>
    /// <value>1883, or 8883 where <see cref="Tls"/> is set, unless given.</value>
    public int? Port { get; init; }

    /// <summary>Whether the connection is encrypted; the broker's certificate must then be trusted by this machine.</summary>
    public bool Tls { get; init; }

    /// <summary>Who logs in; null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>With what; null for nothing.</summary>
    public string? Password { get; init; }

    /// <summary>How long connecting, or one message, may take.</summary>
    /// <value>10 seconds unless set.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a batch is sent again, at intervals that double up to 10 seconds, before the run fails.</summary>
    /// <value>10 minutes unless set.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);
}
