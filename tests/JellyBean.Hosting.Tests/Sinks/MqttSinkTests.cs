using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using JellyBean.Hosting.Sinks;
using JellyBean.Workflows.Outputs;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace JellyBean.Hosting.Tests.Sinks;

/// <summary>Against a broker in this process.</summary>
public sealed class MqttSinkTests : IAsyncLifetime
{
    private readonly int _port = FreePort();
    private readonly ConcurrentQueue<(string Topic, string Text)> _received = new();
    private MqttServer _broker = null!;

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _broker.StopAsync();
        _broker.Dispose();
    }

    [Fact]
    public async Task Write_publishes_each_result_in_order()
    {
        await using var sink = NewSink();

        await sink.WriteAsync(Batch("a", "b", "c"), CancellationToken.None);

        Assert.Equal(["plant/people", "plant/people", "plant/people"], _received.Select(r => r.Topic));
        Assert.Equal(["a", "b", "c"], _received.Select(r => JsonDocument.Parse(r.Text).RootElement.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Write_after_the_broker_was_away_connects_anew()
    {
        await using var sink = NewSink();
        await sink.WriteAsync(Batch("a"), CancellationToken.None);
        await DisposeAsync();
        var away = await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch("b"), CancellationToken.None));
        await StartAsync();

        await sink.WriteAsync(Batch("b"), CancellationToken.None);

        Assert.Contains($"127.0.0.1:{_port}", away.Message, StringComparison.Ordinal);
        Assert.Equal(2, _received.Count);
    }

    [Fact]
    public async Task Write_with_a_wrong_password_is_told_without_it()
    {
        _broker.ValidatingConnectionAsync += e =>
        {
            e.ReasonCode = e.Password == "right" ? MqttConnectReasonCode.Success : MqttConnectReasonCode.BadUserNameOrPassword;
            return Task.CompletedTask;
        };
        await using var sink = new MqttSink<string>("plant/people", new MqttSinkOptions { Host = "127.0.0.1", Port = _port, User = "gate", Password = "wr0ng" });

        var error = await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch("a"), CancellationToken.None));

        Assert.DoesNotContain("wr0ng", error.Message, StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    private async Task StartAsync()
    {
        _broker = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptionsBuilder().WithDefaultEndpoint().WithDefaultEndpointPort(_port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).WithDefaultEndpointBoundIPV6Address(IPAddress.None).Build());
        _broker.InterceptingPublishAsync += e =>
        {
            _received.Enqueue((e.ApplicationMessage.Topic, e.ApplicationMessage.ConvertPayloadToString()));
            return Task.CompletedTask;
        };
        await _broker.StartAsync();
    }

    private MqttSink<string> NewSink() => new("plant/people", new MqttSinkOptions { Host = "127.0.0.1", Port = _port });

    private static SinkBatch<string> Batch(params string[] values) => new(1, [.. values.Select(v => new Result<string>($"id-{v}", DateTimeOffset.UnixEpoch, v))], []);

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
