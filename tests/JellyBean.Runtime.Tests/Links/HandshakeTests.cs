using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>What connects and is no link is refused, counted and logged once, and the link beside it goes on.</summary>
public sealed class HandshakeTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly LinkOptions Options = new() { HandshakeDeadline = TimeSpan.FromMilliseconds(300) };

    private readonly ListLogger _log = new();
    private readonly List<IDisposable> _certificates = [];
    private readonly List<LinkEndpoint> _endpoints = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var endpoint in _endpoints)
        {
            await endpoint.DisposeAsync();
        }

        _certificates.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Stranger_that_speaks_something_else_is_refused_and_the_link_goes_on()
    {
        var far = Start();
        var receiver = far.OpenReceiver(Items.End());
        await using var sender = Start().OpenSender(Items.End(), far.Address);
        sender.Start();
        var receiving = Items.ReceiveAsync(receiver);

        var random = new Random(3);
        for (var i = 0; i < 20; i++)
        {
            var bytes = new byte[random.Next(8, 3000)];
            random.NextBytes(bytes);
            await SpeakAsync(far, bytes);
        }

        await SpeakAsync(far, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        byte[] oversized = [.. LinkProtocol.Magic, 1, 0, 255, 255, .. new byte[100]];
        await SpeakAsync(far, oversized);
        await Eventually(() => far.Refusals[Refusal.Unreadable] == 22);
        await Items.SendAsync(sender, 100, _ => 100).WaitAsync(Deadline);

        Assert.Equal(100, (await receiving.WaitAsync(Deadline)).OfType<Runtime.Envelope.Element>().Count());
        Assert.Equal(1, _log.Count(1210));
    }

    [Fact]
    public async Task Port_scan_and_silence_are_counted_and_closed_after_the_deadline()
    {
        var far = Start();
        await SpeakAsync(far, []);
        await SpeakAsync(far, LinkProtocol.Magic.ToArray());
        using var silent = new TcpClient(far.Address.Host, far.Address.Port);

        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline));
        await Eventually(() => far.Refusals[Refusal.Silent] == 3);
    }

    [Fact]
    public async Task Crowd_that_greets_at_a_time_is_kept_out_and_let_in_when_the_first_are_gone()
    {
        var far = Start(Options with { MostGreeting = 2, HandshakeDeadline = TimeSpan.FromSeconds(20) });
        var receiver = far.OpenReceiver(Items.End());
        using (var one = new TcpClient(far.Address.Host, far.Address.Port))
        using (var two = new TcpClient(far.Address.Host, far.Address.Port))
        {
            using var three = new TcpClient(far.Address.Host, far.Address.Port);
            await Eventually(() => far.Refusals[Refusal.Crowded] == 1);
        }

        await using var sender = Start().OpenSender(Items.End(), far.Address);
        sender.Start();
        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(sender, 10, _ => 10).WaitAsync(Deadline);
        Assert.NotEmpty(await receiving.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Greeting_that_was_recorded_and_is_played_again_is_refused_and_the_link_goes_on()
    {
        var far = Start();
        var receiver = far.OpenReceiver(Items.End());
        var recorded = Greeting.Write(new Hello { Fingerprint = "same", Link = Items.Id(), Session = Guid.NewGuid(), Attempt = 1, FirstHeld = 1, Clock = 0 });
        using var link = new TcpClient(far.Address.Host, far.Address.Port);
        await link.GetStream().WriteAsync(recorded);
        Assert.Equal(Verdict.Welcome, (await Greeting.ReadReplyAsync(link.GetStream(), default)).Verdict);

        using var again = new TcpClient(far.Address.Host, far.Address.Port);
        await again.GetStream().WriteAsync(recorded);
        Assert.Equal(Verdict.Replayed, (await Greeting.ReadReplyAsync(again.GetStream(), default)).Verdict);

        var completed = new byte[FrameHeader.Bytes];
        new FrameHeader(FrameKind.Completed, 0, 1).Write(completed);
        await link.GetStream().WriteAsync(completed);
        Assert.Empty(await Items.ReceiveAsync(receiver).WaitAsync(Deadline));
        Assert.Equal(1, far.Refusals[Refusal.Replayed]);
    }

    [Fact]
    public async Task Greeting_of_another_version_is_refused_with_both_versions()
    {
        var far = Start();
        using var link = new TcpClient(far.Address.Host, far.Address.Port);
        byte[] other = [.. LinkProtocol.Magic, 9, 0, 0, 0];
        await link.GetStream().WriteAsync(other);

        var reply = await Greeting.ReadReplyAsync(link.GetStream(), default);

        Assert.Equal(Verdict.OtherVersion, reply.Verdict);
        Assert.Contains("version 9", reply.Reason, StringComparison.Ordinal);
        Assert.Contains($"speaks {LinkProtocol.Version}", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frame_that_claims_too_much_ends_its_connection_alone_unread()
    {
        var far = Start();
        var receiver = far.OpenReceiver(Items.End());
        var hello = new Hello { Fingerprint = "same", Link = Items.Id(), Session = Guid.NewGuid(), Attempt = 1, FirstHeld = 1, Clock = 0 };
        using var bad = new TcpClient(far.Address.Host, far.Address.Port);
        await bad.GetStream().WriteAsync(Greeting.Write(hello));
        await Greeting.ReadReplyAsync(bad.GetStream(), default);
        var header = new byte[FrameHeader.Bytes];
        new FrameHeader(FrameKind.Element, int.MaxValue, 1).Write(header);
        await bad.GetStream().WriteAsync(header);
        await Eventually(() => far.Refusals[Refusal.Violation] == 1);

        using var good = new TcpClient(far.Address.Host, far.Address.Port);
        await good.GetStream().WriteAsync(Greeting.Write(hello with { Attempt = 2 }));
        Assert.Equal(Verdict.Welcome, (await Greeting.ReadReplyAsync(good.GetStream(), default)).Verdict);
        Assert.False(receiver.TryRead(out _));
    }

    [Fact]
    public async Task Tls_nodes_that_one_authority_has_signed_exchange_elements()
    {
        using var authority = Authority();
        var far = Start(new LinkOptions(), Node(authority));
        var receiver = far.OpenReceiver(Items.End());
        await using var sender = Start(new LinkOptions(), Node(authority)).OpenSender(Items.End(), far.Address);
        sender.Start();

        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(sender, 300, i => i * 100).WaitAsync(Deadline);

        Assert.Equal(300, (await receiving.WaitAsync(Deadline)).OfType<Runtime.Envelope.Element>().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tls_stranger_of_another_authority_or_without_certificate_is_refused(bool hasCertificate)
    {
        using var authority = Authority();
        using var other = Authority();
        var far = Start(new LinkOptions(), Node(authority));
        var receiver = far.OpenReceiver(Items.End());
        await using var stranger = Start(new LinkOptions(), hasCertificate ? Node(other, trusts: authority) : null).OpenSender(Items.End(), far.Address);
        stranger.Start();
        await Eventually(() => far.Refusals[Refusal.Untrusted] > 1);

        await using var friend = Start(new LinkOptions(), Node(authority)).OpenSender(Items.End(), far.Address);
        friend.Start();
        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(friend, 10, _ => 10).WaitAsync(Deadline);

        Assert.NotEmpty(await receiving.WaitAsync(Deadline));
        Assert.False(stranger.Delivered.IsCompleted);
    }

    [Fact]
    public async Task Tls_certificate_that_names_another_host_is_not_dialled()
    {
        using var authority = Authority();
        var far = Start(new LinkOptions(), Node(authority, host: "elsewhere"));
        var dialler = new LinkDialler(new LinkOptions(), Node(authority));

        var error = await Assert.ThrowsAsync<IOException>(() => dialler.DialAsync(far.Address, default).WaitAsync(Deadline));

        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0", null, false, "AdvertisedHost")]
    [InlineData("0.0.0.0", "gate-1", false, "AllowsPlaintext")]
    [InlineData("somewhere", null, true, "IP address")]
    public void Endpoint_options_that_are_not_allowed_say_so(string host, string? advertised, bool plaintext, string expected)
    {
        var options = new LinkOptions { Host = host, AdvertisedHost = advertised, AllowsPlaintext = plaintext };

        var error = Assert.Throws<ArgumentException>(() => LinkEndpoint.Start(options, null, "same", NullLoggerFactory.Instance, TimeProvider.System));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task SpeakAsync(LinkEndpoint endpoint, byte[] bytes)
    {
        using var stranger = new TcpClient(endpoint.Address.Host, endpoint.Address.Port);
        await stranger.GetStream().WriteAsync(bytes);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
        }
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=authority {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private NodeCertificates Node(X509Certificate2 authority, X509Certificate2? trusts = null, string? host = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (host is null)
        {
            names.AddIpAddress(System.Net.IPAddress.Loopback);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
        var certificates = new NodeCertificates(
            X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null), [X509CertificateLoader.LoadCertificate((trusts ?? authority).RawData)]);
        _certificates.Add(certificates);
        return certificates;
    }

    private LinkEndpoint Start(LinkOptions? options = null, NodeCertificates? certificates = null)
    {
        var endpoint = LinkEndpoint.Start(options ?? Options, certificates, "same", _log, TimeProvider.System);
        _endpoints.Add(endpoint);
        return endpoint;
    }

    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        private readonly List<int> _events = [];

        public int Count(int eventId)
        {
            lock (_events)
            {
                return _events.Count(e => e == eventId);
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_events)
            {
                _events.Add(eventId.Id);
            }
        }

        public void Dispose()
        {
        }
    }
}
