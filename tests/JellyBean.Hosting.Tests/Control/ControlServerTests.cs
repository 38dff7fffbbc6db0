using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Control;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Hosting.Tests.Control;

/// <summary>Commands by HTTP, over a real server on loopback.</summary>
public sealed class ControlServerTests : IAsyncLifetime, IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-http-").FullName;
    private readonly FakeControl _control = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private ControlServer _server = null!;
    private bool _leads = true;

    public async Task InitializeAsync()
    {
        _server = await StartAsync(new ControlHttpOptions { Listen = new NodeAddress("127.0.0.1", 0), TokenFile = TokenFile(Token) }, null);
        _client.BaseAddress = _server.Url;
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer 0123456789abcdef0123456789abcdeF")]
    [InlineData("Bearer ")]
    [InlineData("Basic 0123456789abcdef0123456789abcdef")]
    public async Task Without_the_token_nothing_is_told_and_nothing_done(string? shown)
    {
        _client.DefaultRequestHeaders.Remove("Authorization");
        if (shown is not null)
        {
            _client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", shown);
        }

        using var status = await _client.GetAsync("/v1/status", _deadline.Token);
        using var pin = await PostAsync("/v1/pin", """{"operator":"detector","tier":"cloud"}""");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (status.StatusCode, pin.StatusCode));
        Assert.Equal("Bearer", status.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", status.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("boss", await status.Content.ReadAsStringAsync(_deadline.Token), StringComparison.Ordinal);
        Assert.Empty(_control.Told);
    }

    [Fact]
    public async Task Command_is_done_and_told_with_what_changed()
    {
        _client.DefaultRequestHeaders.Add("Idempotency-Key", "mine");

        using var response = await PostAsync("/v1/pin", """{"operator":"detector","tier":"cloud","dryRun":true,"deadlineSeconds":7}""");
        var outcome = await JsonOf(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("pin detector cloud", "done", 2.0), (outcome.GetProperty("command").GetString(), outcome.GetProperty("status").GetString(), outcome.GetProperty("costAfter").GetDouble()));
        var (_, options) = Assert.Single(_control.Told);
        Assert.Equal((true, TimeSpan.FromSeconds(7), "mine"), (options.IsDryRun, options.Deadline, options.Id));
    }

    [Fact]
    public async Task Workflows_are_listed_started_stopped_and_commanded_by_name()
    {
        using var listed = await _client.GetAsync("/v1/workflows", _deadline.Token);
        using var started = await PostAsync("/v1/start", "{\"workflow\":\"alarms\",\"deadlineSeconds\":7}");
        using var stopped = await PostAsync("/v1/stop", "{}");
        using var pinned = await PostAsync("/v1/pin", "{\"operator\":\"detector\",\"tier\":\"cloud\",\"workflow\":\"alarms@f0\"}");
        var about = _control.About;
        using var status = await _client.GetAsync("/v1/status?workflow=other", _deadline.Token);
        using var unknown = await PostAsync("/v1/start", "{\"workflow\":\"nobody\"}");

        var workflow = Assert.Single((await JsonOf(listed)).GetProperty("workflows").EnumerateArray());
        Assert.Equal(("tracking", "running", 2L), (workflow.GetProperty("name").GetString(), workflow.GetProperty("phase").GetString(), workflow.GetProperty("epoch").GetInt64()));
        Assert.Equal("running", (await JsonOf(started)).GetProperty("phase").GetString());
        Assert.All([started, stopped, pinned, status], r => Assert.Equal(HttpStatusCode.OK, r.StatusCode));
        Assert.Equal(["start", "stop", "pin detector cloud"], _control.Told.Select(t => t.Command));
        Assert.Equal(TimeSpan.FromSeconds(7), _control.Told[0].Options.Deadline);
        Assert.Equal("alarms@f0", about);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
        Assert.Contains("Allowed: tracking", (await JsonOf(unknown)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_operator_is_a_problem_that_lists_the_known_ones()
    {
        using var response = await PostAsync("/v1/pin", """{"operator":"detektor","tier":"cloud"}""");
        var problem = await JsonOf(response);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, 422), (response.StatusCode, problem.GetProperty("status").GetInt32()));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["detector", "tracker"], problem.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
    }

    [Theory]
    [InlineData("/v1/pin", """{"operator":"detector"}""")]
    [InlineData("/v1/replan", """{"node":"edge-1"}""")]
    [InlineData("/v1/replan", """{"dryrun":true}""")]
    [InlineData("/v1/replan", """{"deadlineSeconds":-1}""")]
    [InlineData("/v1/pause", """{"source":"cameras/gate","settings":{}}""")]
    [InlineData("/v1/pause", """{"source":"cameras/gate","from":"tracking"}""")]
    [InlineData("/v1/add", """{"settings":{"uri":"x"}}""")]
    [InlineData("/v1/replan", "[")]
    public async Task Body_that_is_no_command_is_told_with_what_is_allowed(string path, string body)
    {
        using var response = await PostAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty((await JsonOf(response)).GetProperty("detail").GetString()!);
        Assert.Empty(_control.Told);
    }

    [Fact]
    public async Task Sources_are_added_held_up_let_go_on_and_removed()
    {
        foreach (var (path, body) in new[]
        {
            ("/v1/add", """{"source":"cameras/yard","settings":{"uri":"rtsp://yard/live","rate":"5"}}"""), ("/v1/add", """{"source":"cameras/gate"}"""),
            ("/v1/pause", """{"source":"cameras/yard"}"""), ("/v1/resume", """{"source":"cameras/yard"}"""), ("/v1/remove", """{"source":"cameras/yard"}"""), ("/v1/upgrade", """{"from":"tracking@f00d"}"""), ("/v1/upgrade", "{}"),
        })
        {
            using var response = await PostAsync(path, body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(
            ["add cameras/yard uri=rtsp://yard/live rate=5", "add cameras/gate ", "pause cameras/yard", "resume cameras/yard", "remove cameras/yard", "upgrade tracking@f00d", "upgrade "], _control.Told.Select(t => t.Command));
    }

    [Fact]
    public async Task No_plan_is_a_conflict_nobody_to_ask_a_timeout_and_unknown_paths_list_the_known()
    {
        using var none = await _client.PostAsync("/v1/replan", null, _deadline.Token);
        _control.IsDeaf = true;
        using var late = await PostAsync("/v1/drain", """{"node":"edge-1"}""");
        using var unknown = await _client.GetAsync("/v1/metrics", _deadline.Token);
        using var method = await _client.GetAsync("/v1/drain", _deadline.Token);

        Assert.Equal(
            [HttpStatusCode.Conflict, HttpStatusCode.GatewayTimeout, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed],
            [none.StatusCode, late.StatusCode, unknown.StatusCode, method.StatusCode]);
        Assert.Contains("POST /v1/drain", (await JsonOf(unknown)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_and_history_are_told_whole()
    {
        using var status = await _client.GetAsync("/v1/status", _deadline.Token);
        using var history = await _client.GetAsync("/v1/history", _deadline.Token);
        var (told, decision) = (await JsonOf(status), (await JsonOf(history)).GetProperty("decisions")[0]);

        Assert.Equal(("boss", "cloud"), (told.GetProperty("coordinator").GetString(), told.GetProperty("pins").GetProperty("detector").GetString()));
        Assert.Equal(("preparing", 3L, "box"), (told.GetProperty("transition").GetProperty("step").GetString(), told.GetProperty("transition").GetProperty("to").GetInt64(), told.GetProperty("transition").GetProperty("awaited")[0].GetString()));
        Assert.Equal(("planning", 1.5), (decision.GetProperty("steps")[0].GetProperty("name").GetString(), decision.GetProperty("steps")[0].GetProperty("seconds").GetDouble()));
        Assert.Equal(2.5, decision.GetProperty("candidates")[0].GetProperty("costPerHour").GetDouble());
    }

    [Fact]
    public async Task Body_that_is_too_large_is_refused()
    {
        using var response = await PostAsync("/v1/pin", $$"""{"operator":"{{new string('d', 20_000)}}","tier":"cloud"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(_control.Told);
    }

    [Fact]
    public async Task Client_that_does_not_send_what_it_promised_is_cut_off()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _server.Url.Port, _deadline.Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/replan HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\nContent-Length: 100\r\n\r\n{{"), _deadline.Token);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(_deadline.Token);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Empty(_control.Told);
    }

    [Fact]
    public async Task Node_that_does_not_lead_sends_to_the_one_that_does_or_says_why_it_cannot()
    {
        _leads = false;
        using var silent = await PostAsync("/v1/pin", """{"operator":"detector","tier":"cloud"}""");
        var boss = new NodeDescription { Worker = new WorkerId("boss"), Tier = null, Cores = 1, MemoryBytes = 1, ControlUrl = "https://10.0.0.1:8443" };
        _control.Status = _control.Status with { Members = [new ClusterMember(boss, true, false, 0, null)] };
        using var moved = await PostAsync("/v1/pin", """{"operator":"detector","tier":"cloud"}""");
        _control.IsDeaf = true;
        using var none = await PostAsync("/v1/pin", """{"operator":"detector","tier":"cloud"}""");

        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.TemporaryRedirect, HttpStatusCode.ServiceUnavailable], [silent.StatusCode, moved.StatusCode, none.StatusCode]);
        Assert.Equal("boss", (await JsonOf(silent)).GetProperty("leader").GetString());
        Assert.Equal("https://10.0.0.1:8443/v1/pin", moved.Headers.Location!.ToString());
        Assert.Empty(_control.Told);
    }

    [Fact]
    public async Task Certificates_are_asked_for_where_that_is_configured()
    {
        using var own = Certificates("good", "boss");
        using var client = Certificates("good", "client");
        using var rogue = Certificates("rogue", "client");
        await using var server = await StartAsync(new ControlHttpOptions { Listen = new NodeAddress("127.0.0.1", 0), NeedsCertificate = true }, own);

        using var good = Client(client, server);
        using var bad = Client(rogue, server, believes: client);
        using var none = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = client.Validate } }) { BaseAddress = server.Url };
        using var status = await good.GetAsync("/v1/status", _deadline.Token);

        Assert.Equal(HttpStatusCode.OK, status.StatusCode);
        Assert.Equal("https", server.Url.Scheme);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => bad.GetAsync("/v1/status", _deadline.Token));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => none.GetAsync("/v1/status", _deadline.Token));
    }

    [Fact]
    public async Task Token_file_that_everyone_reads_or_that_is_short_is_refused()
    {
        var open = TokenFile(Token, "open");
        Allow(open, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        foreach (var (file, expected) in new[] { (open, "chmod 600"), (TokenFile("short", "short"), "at least 32"), (Path.Combine(_folder, "none"), "cannot be read") })
        {
            var cause = await Assert.ThrowsAsync<BadInputException>(() => StartAsync(new ControlHttpOptions { Listen = new NodeAddress("127.0.0.1", 0), TokenFile = file }, null));
            Assert.Contains(expected, cause.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Port_that_is_taken_is_refused_with_what_to_do_and_free_at_once_when_the_other_has_ended()
    {
        var options = new ControlHttpOptions { Listen = new NodeAddress("127.0.0.1", 0), TokenFile = TokenFile(Token, "taken") };
        var first = await StartAsync(options, null);
        options = options with { Listen = options.Listen with { Port = first.Url.Port } };

        var cause = await Assert.ThrowsAsync<BadInputException>(() => StartAsync(options, null));
        await first.DisposeAsync();
        await using var again = await StartAsync(options, null);

        Assert.Matches($"cannot listen at '127.0.0.1:{first.Url.Port}': .*in use.* Choose another port, or 0 for any.", cause.Message);
        Assert.Equal(first.Url, again.Url);
    }

    [Fact]
    public void Options_that_would_let_others_in_or_listen_in_are_told_all_at_once()
    {
        var open = new ControlHttpOptions { Listen = new NodeAddress("0.0.0.0", 80) }.Problems(hasCertificates: false).ToList();
        var good = new ControlHttpOptions { Listen = new NodeAddress("127.0.0.1", 80), TokenFile = "token" }.Problems(hasCertificates: false);

        Assert.Equal(3, open.Count);
        Assert.Contains("advertise", open[0], StringComparison.Ordinal);
        Assert.Contains("token-file", open[1], StringComparison.Ordinal);
        Assert.Contains("no certificates", open[2], StringComparison.Ordinal);
        Assert.Empty(good);
    }

    private Task<ControlServer> StartAsync(ControlHttpOptions options, NodeCertificates? certificates) =>
        ControlServer.StartAsync(options, certificates, () => new ControlPoint(_control, () => _leads), NullLoggerFactory.Instance, _deadline.Token);

    private string TokenFile(string token, string name = "token")
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, token + "\n");
        Allow(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static void Allow(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }

    private NodeCertificates Certificates(string authority, string name)
    {
        using var made = LocalAuthority.OpenOrCreate(Path.Combine(_folder, authority));
        return NodeCertificates.Load(made.Issue(name, ["127.0.0.1"]), null, made.CertificatePath, null);
    }

    private static HttpClient Client(NodeCertificates own, ControlServer server, NodeCertificates? believes = null) =>
        new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (believes ?? own).Validate, ClientCertificates = [own.Own] } }) { BaseAddress = server.Url };

    private Task<HttpResponseMessage> PostAsync(string path, string body) => _client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), _deadline.Token);

    private async Task<JsonElement> JsonOf(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync(_deadline.Token)).RootElement;
}
