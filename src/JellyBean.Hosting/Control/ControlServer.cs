using System.Net;
using System.Net.Security;
using System.Numerics;
using JellyBean.Hosting.Configuration;
using JellyBean.Runtime;
using JellyBean.Runtime.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Control;

/// <summary>Serves commands by HTTP: lets in who proves that he may, within limits, and answers errors as problems (RFC 9457).</summary>
internal sealed partial class ControlServer : IAsyncDisposable
{
    private const int MostBody = 16 * 1024;
    private const int MostConnections = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IHost _host;

    private ControlServer(IHost host, Uri url) => (_host, Url) = (host, url);

    /// <summary>Where clients reach it.</summary>
    public Uri Url { get; }

    /// <summary>Listens; requests are answered once there is something to command.</summary>
    /// <param name="options">Where it listens and whom it believes; without problems.</param>
    /// <param name="certificates">The node's; null where it has none. Not disposed.</param>
    /// <param name="point">What is commanded; null as long as there is nothing.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadInputException">It cannot listen there, or the token file cannot be used.</exception>
    public static async Task<ControlServer> StartAsync(
        ControlHttpOptions options, NodeCertificates? certificates, Func<ControlPoint?> point, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var token = options.TokenFile is { } file ? BearerToken.Read(file) : null;
        var requests = new ControlRequests(point);
        var door = new Door(token, loggers.CreateLogger<ControlServer>());
        var host = new HostBuilder()
            .ConfigureServices(services => services.AddSingleton(loggers))
            .ConfigureWebHost(web => web
                .UseKestrel(kestrel => Limit(kestrel, options, certificates))
                .Configure(app => app.Run(http => door.LetIn(http) ? requests.AnswerAsync(http) : Door.RefuseAsync(http))))
            .Build();
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException)
        {
            host.Dispose();
            throw new BadInputException($"jellybean.control.http cannot listen at '{options.Listen}': {cause.Message} Choose another port, or 0 for any.");
        }

        var bound = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new ControlServer(host, options.AdvertisedHost is { } name ? new UriBuilder(bound) { Host = name }.Uri : bound);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _host.StopAsync(deadline.Token).ConfigureAwait(false);
        _host.Dispose();
    }

    private static void Limit(KestrelServerOptions kestrel, ControlHttpOptions options, NodeCertificates? certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MostBody;
        kestrel.Limits.MaxRequestHeadersTotalSize = MostBody;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.RequestHeadersTimeout = Patience;
        kestrel.Limits.KeepAliveTimeout = Patience * 3;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(2));
        kestrel.Listen(IPAddress.Parse(options.Listen.Host), options.Listen.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (options.UsesTls)
            {
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificates!.Own,
                    HandshakeTimeout = Patience,
                    ClientCertificateMode = options.NeedsCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate,
                    ClientCertificateValidation = (certificate, _, _) => certificates.Validate(null, certificate, null, SslPolicyErrors.None),
                });
            }
        });
    }

    /// <summary>Who is let in.</summary>
    private sealed partial class Door(BearerToken? token, ILogger logger)
    {
        private long _refused;

        // Where certificates are asked for, TLS has refused who has none.
        public bool LetIn(HttpContext http)
        {
            if (token is null || token.IsShownBy(http.Request.Headers.Authorization.ToString()))
            {
                return true;
            }

            // Whoever tries again and again must not fill the log.
            var refused = (ulong)Interlocked.Increment(ref _refused);
            if (BitOperations.IsPow2(refused))
            {
                LogRefused(logger, refused, http.Connection.RemoteIpAddress);
            }

            return false;
        }

        public static Task RefuseAsync(HttpContext http)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return ControlRequests.ProblemAsync(http, StatusCodes.Status401Unauthorized, "Who are you?", "Show the cluster's token: Authorization: Bearer TOKEN.");
        }

        [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "{Count} requests to command the cluster showed no token or a wrong one, the last from {Address}")]
        private static partial void LogRefused(ILogger logger, ulong count, IPAddress? address);
    }
}
