using JellyBean.Workflows.Outputs;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace JellyBean.Hosting.Sinks;

/// <summary>Publishes each result to an MQTT broker, which confirms it (quality of service 1): <c>{"id":…,"eventTime":…,"value":{…}}</c>.</summary>
/// <remarks>A broker that is lost is connected anew with the next try; a batch that was not confirmed whole is sent again whole, with the same ids.</remarks>
/// <typeparam name="T">What a result carries; anything that System.Text.Json writes.</typeparam>
/// <param name="topic">Where to.</param>
/// <param name="options">Which broker, and how.</param>
public sealed class MqttSink<T>(string topic, MqttSinkOptions options) : ISink<T>
    where T : notnull
{
    private const int PlainPort = 1883;
    private const int TlsPort = 8883;
    private static readonly TimeSpan LettingGo = TimeSpan.FromMilliseconds(10);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    /// <inheritdoc />
    public Delivery Delivery => Delivery.AtLeastOnce;

    /// <inheritdoc />
    public TimeSpan Patience => options.Patience;

    private int Port => options.Port ?? (options.Tls ? TlsPort : PlainPort);

    /// <inheritdoc />
    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    /// <inheritdoc />
    public async Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            foreach (var result in batch.Results)
            {
                await PublishAsync(result, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception cause) when (cause is MqttCommunicationException or TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new SinkException($"The MQTT broker {options.Host}:{Port} cannot be reached, or did not answer within {options.Timeout.TotalSeconds:0.#} s: {cause.Message}", cause);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using (_client)
        using (var limit = new CancellationTokenSource(options.Timeout))
        {
            if (_client.IsConnected)
            {
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task PublishAsync(Result<T> result, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        if (!_client.IsConnected)
        {
            await ConnectAsync(limit.Token).ConfigureAwait(false);
        }

        var message = new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithContentType("application/json")
            .WithPayload(ResultLine.Text(result))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build();
        var answer = await _client.PublishAsync(message, limit.Token).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw new SinkException($"The MQTT broker {options.Host}:{Port} refused a message to '{topic}': {answer.ReasonCode} {answer.ReasonString}");
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new MqttClientOptionsBuilder().WithTcpServer(options.Host, Port).WithTimeout(options.Timeout).WithTlsOptions(tls => tls.UseTls(options.Tls));
        if (options.User is not null)
        {
            connection = connection.WithCredentials(options.User, options.Password ?? "");
        }

        var answer = await ConnectAsync(connection.Build(), cancellationToken).ConfigureAwait(false);
        if (answer.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new SinkException($"The MQTT broker {options.Host}:{Port} refused the connection: {answer.ResultCode} {answer.ReasonString} Check user and password.");
        }
    }

    // A client that has just noticed that its connection is lost refuses another one until it has let go of that, which nothing tells.
    private async Task<MqttClientConnectResult> ConnectAsync(MqttClientOptions connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _client.ConnectAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidOperationException) when (!_client.IsConnected)
            {
                await Task.Delay(LettingGo, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
