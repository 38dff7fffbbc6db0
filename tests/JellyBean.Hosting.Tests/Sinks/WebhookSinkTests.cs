using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using JellyBean.Hosting.Sinks;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Tests.Sinks;

public sealed class WebhookSinkTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Write_posts_a_batch_as_an_array_with_the_headers_it_is_given()
    {
        await using var server = new Server(HttpStatusCode.OK);
        await using var sink = new WebhookSink<string>(server.Address, new WebhookSinkOptions { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer t0ken" }.ToImmutableDictionary() });

        await sink.WriteAsync(Batch("a", "b"), CancellationToken.None);

        var (headers, body) = Assert.Single(server.Requests);
        Assert.Equal("Bearer t0ken", headers["Authorization"]);
        Assert.Equal("id-a+2", headers["Idempotency-Key"]);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(["a", "b"], json.RootElement.EnumerateArray().Select(r => r.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Write_positions_alone_send_nothing()
    {
        await using var server = new Server(HttpStatusCode.OK);
        await using var sink = new WebhookSink<string>(server.Address);

        await sink.WriteAsync(Batch(), CancellationToken.None);

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Write_that_is_refused_is_told_without_the_query()
    {
        await using var server = new Server(HttpStatusCode.ServiceUnavailable);
        await using var sink = new WebhookSink<string>(new Uri(server.Address + "hook?token=s3cret"));

        var error = await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch("a"), CancellationToken.None));

        Assert.Contains("answered 503", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_to_nobody_is_told()
    {
        await using var sink = new WebhookSink<string>(new Uri("http://127.0.0.1:1/"));

        var error = await Assert.ThrowsAsync<SinkException>(() => sink.WriteAsync(Batch("a"), CancellationToken.None));

        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_of_another_kind_is_refused() => Assert.Throws<ArgumentException>(() => new WebhookSink<string>(new Uri("ftp://host/")));

    private static SinkBatch<string> Batch(params string[] values) => new(1, [.. values.Select(v => new Result<string>($"id-{v}", DateTimeOffset.UnixEpoch, v))], []);

    private sealed class Server : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly HttpStatusCode _answer;
        private readonly Task _serving;

        public Server(HttpStatusCode answer)
        {
            _answer = answer;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
            }

            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _serving = ServeAsync();
        }

        public Uri Address { get; }

        public List<(WebHeaderCollection Headers, string Body)> Requests { get; } = [];

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _serving.WaitAsync(Deadline);
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                    Requests.Add(((WebHeaderCollection)context.Request.Headers, await reader.ReadToEndAsync()));
                    context.Response.StatusCode = (int)_answer;
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Closed.
            }
        }
    }
}
