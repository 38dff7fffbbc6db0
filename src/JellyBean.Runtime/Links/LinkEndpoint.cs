using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Security;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Links;

/// <summary>Where a node's links meet the network: it listens for the senders of other processes, and dials their endpoints for its own.</summary>
/// <remarks>
/// One per node. What connects and is not a link of a plan in force is refused, counted, logged once per cause, and disturbs nothing else. Thread-safe.
/// </remarks>
internal sealed partial class LinkEndpoint : IAsyncDisposable
{
    private readonly LinkOptions _options;
    private readonly NodeCertificates? _certificates;
    private readonly string _fingerprint;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly Lock _gate = new();
    private readonly Dictionary<LinkId, RemoteReceiver> _receivers = [];
    private readonly HashSet<Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile ILinkGuest? _guest;
    private long _epoch;
    private int _greeting;

    private LinkEndpoint(LinkOptions options, NodeCertificates? certificates, string fingerprint, ILogger logger, TimeProvider time, Socket listener)
    {
        _options = options;
        _certificates = certificates;
        _fingerprint = fingerprint;
        _logger = logger;
        _time = time;
        _listener = listener;
        Refusals = new Refusals(logger);
        Address = new NodeAddress(options.AdvertisedHost ?? options.Host, ((IPEndPoint)listener.LocalEndPoint!).Port);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>What other nodes dial.</summary>
    public NodeAddress Address { get; }

    /// <summary>What was refused.</summary>
    public Refusals Refusals { get; }

    /// <summary>Listens.</summary>
    /// <param name="options">How.</param>
    /// <param name="certificates">The node's, and whom it believes; null for plaintext. Not disposed here.</param>
    /// <param name="fingerprint">Of the workflow that this node has built.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">Measures deadlines.</param>
    /// <exception cref="ArgumentException">Options are not allowed; all that is wrong is in the message.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static LinkEndpoint Start(LinkOptions options, NodeCertificates? certificates, string fingerprint, ILoggerFactory loggers, TimeProvider time)
    {
        List<string> problems = [.. options.Problems().Select(p => $"{p.Option} is {p.Found}; allowed is {p.Allowed}.")];
        if (problems.Count == 0 && certificates is null && !options.AllowsPlaintext && !IPAddress.IsLoopback(IPAddress.Parse(options.Host)))
        {
            problems.Add($"{nameof(options.Host)} is {options.Host}, which other machines can reach, and the node has no certificate. Give it one, or set {nameof(options.AllowsPlaintext)} if anyone on the network may read and forge frames.");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        }

        var address = new IPEndPoint(IPAddress.Parse(options.Host), options.Port);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(options.MostGreeting);
            return new LinkEndpoint(options, certificates, fingerprint, loggers.CreateLogger<LinkEndpoint>(), time, listener);
        }
        catch (SocketException cause)
        {
            listener.Dispose();
            throw new IOException($"Links cannot listen on {address}: {cause.Message}. Choose another port, or 0 for any.", cause);
        }
    }

    /// <summary>Opens the sending end of a link to another node; the caller disposes it.</summary>
    /// <param name="link">Which link, and how its items are written.</param>
    /// <param name="address">The other node's endpoint.</param>
    public RemoteSender OpenSender(LinkEnd link, NodeAddress address) => new(new RemoteSenderSetup
    {
        Id = link.Id,
        Address = address,
        Fingerprint = _fingerprint,
        Format = link.Format,
        Options = _options,
        Meter = link.Meter,
        DialAsync = new LinkDialler(_options, _certificates).DialAsync,
        OnUnsendable = link.OnFailed,
        Time = _time,
        Logger = _logger,
    });

    /// <summary>Opens the receiving end of a link from another node, until <see cref="Close"/>.</summary>
    /// <exception cref="InvalidOperationException">It is open already.</exception>
    public RemoteReceiver OpenReceiver(LinkEnd link)
    {
        var receiver = new RemoteReceiver(new RemoteReceiverSetup { Id = link.Id, Format = link.Format, Options = _options, OnUnreadable = link.OnFailed, Time = _time });
        lock (_gate)
        {
            if (!_receivers.TryAdd(link.Id, receiver))
            {
                throw new InvalidOperationException($"Link {link.Id} is open already.");
            }

            _epoch = Math.Max(_epoch, link.Id.Epoch);
        }

        return receiver;
    }

    /// <summary>Takes another conversation at this endpoint, kept as safe as links are. At most one.</summary>
    public void Admit(ILinkGuest guest) => _guest = guest;

    /// <summary>Connects to another node's endpoint, as links do.</summary>
    /// <inheritdoc cref="LinkDialler.DialAsync" path="/exception" />
    public async Task<Stream> DialAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = new Deadline(_options.HandshakeDeadline, _time, patience);
        try
        {
            return await new LinkDialler(_options, _certificates).DialAsync(address, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address} has not answered within {_options.HandshakeDeadline}.");
        }
    }

    /// <summary>Closes a receiving end: senders are told that it is not open, or, once there is a newer plan, that theirs is over.</summary>
    public void Close(RemoteReceiver receiver)
    {
        lock (_gate)
        {
            _receivers.Remove(receiver.Id);
        }

        receiver.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] connections;
        lock (_gate)
        {
            foreach (var receiver in _receivers.Values)
            {
                receiver.Close();
            }

            connections = [.. _connections];
        }

        await Task.WhenAll(connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (SocketException cause)
            {
                // The caller was gone before it was let in, or this process has no handle left: the next may fare better, after a moment.
                Refusals.Add(Refusal.Silent, null, cause.Message);
                await Task.Delay(_options.HeartbeatInterval, _time, _stop.Token).ConfigureAwait(false);
                continue;
            }

            if (Interlocked.Increment(ref _greeting) > _options.MostGreeting)
            {
                Interlocked.Decrement(ref _greeting);
                Refusals.Add(Refusal.Crowded, socket.RemoteEndPoint, $"{_options.MostGreeting} are greeting at a time.");
                socket.Dispose();
                continue;
            }

            Track(Task.Run(() => HandleAsync(socket)));
        }
    }

    private void Track(Task connection)
    {
        lock (_gate)
        {
            _connections.Add(connection);
        }

        connection.ContinueWith(
            done =>
            {
                lock (_gate)
                {
                    _connections.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private async Task HandleAsync(Socket socket)
    {
        var isGreeting = true;
        EndPoint? from = null;
        try
        {
            from = socket.RemoteEndPoint;
            socket.NoDelay = true;
            using var stream = new Closing(new NetworkStream(socket, ownsSocket: true));
            Welcomed? welcomed;
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            using (new Deadline(_options.HandshakeDeadline, _time, patience))
            {
                welcomed = await GreetAsync(stream, from, patience.Token).ConfigureAwait(false);
            }

            isGreeting = false;
            Interlocked.Decrement(ref _greeting);
            if (welcomed is not null && await welcomed.ServeAsync(stream.Inner).ConfigureAwait(false) is InvalidDataException violation)
            {
                Refusals.Add(Refusal.Violation, from, violation.Message);
            }
        }
        catch (Exception cause) when (cause is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested)
            {
                Refusals.Add(Refusal.Silent, from, cause is OperationCanceledException ? $"It had not greeted within {_options.HandshakeDeadline}." : cause.Message);
            }
        }
        catch (AuthenticationException cause)
        {
            Refusals.Add(Refusal.Untrusted, from, cause.Message);
        }
        catch (InvalidDataException cause)
        {
            Refusals.Add(Refusal.Unreadable, from, cause.Message);
        }
        catch (Exception cause)
        {
            // Nobody else would see it, and nothing that comes from outside may end more than its own connection.
            LogBroken(_logger, from, cause);
        }
        finally
        {
            if (isGreeting)
            {
                Interlocked.Decrement(ref _greeting);
            }
        }
    }

    private async Task<Welcomed?> GreetAsync(Closing stream, EndPoint? from, CancellationToken cancellationToken)
    {
        if (_certificates is not null)
        {
            var secure = new SslStream(stream.Inner);
            stream.Inner = secure;
            await secure.AuthenticateAsServerAsync(LinkTls.ForListening(_certificates), cancellationToken).ConfigureAwait(false);
        }

        Welcomed? welcomed = null;
        Reply reply;
        try
        {
            var guest = _guest;
            byte[][] spoken = guest is null ? [LinkProtocol.Magic.ToArray()] : [LinkProtocol.Magic.ToArray(), guest.Magic];
            var (magic, body) = await Greeting.ReadAnyAsync(stream.Inner, spoken, cancellationToken).ConfigureAwait(false);
            if (magic > 0)
            {
                return new Welcomed(s => guest!.ServeAsync(s, body, _stop.Token));
            }

            reply = Answer(Greeting.Parse(body, Hello.Read), out welcomed);
        }
        catch (VersionException cause)
        {
            reply = Reply.Refuse(Verdict.OtherVersion, cause.Message);
        }

        if (reply.Verdict != Verdict.Welcome)
        {
            Refusals.Add(RefusalOf(reply.Verdict), from, reply.Reason);
        }

        await stream.Inner.WriteAsync(Greeting.Write(reply), cancellationToken).ConfigureAwait(false);
        return welcomed;
    }

    private Reply Answer(Hello hello, out Welcomed? welcomed)
    {
        welcomed = null;
        if (hello.Fingerprint != _fingerprint)
        {
            return Reply.Refuse(Verdict.OtherWorkflow, $"The sender has built workflow {Shown(hello.Fingerprint)}, the receiver {_fingerprint}. Run the same program on both nodes.");
        }

        RemoteReceiver? receiver;
        lock (_gate)
        {
            if (!_receivers.TryGetValue(hello.Link, out receiver))
            {
                return hello.Link.Epoch < _epoch
                    ? Reply.Refuse(Verdict.Fenced, $"The plan of epoch {hello.Link.Epoch} is over; epoch {_epoch} is in force.")
                    : Reply.Refuse(Verdict.NotOpen, $"Link {Shown(hello.Link.ToString())} of epoch {hello.Link.Epoch} is not open here.");
            }
        }

        var reply = receiver.Greet(hello, out var connection);
        welcomed = connection is null ? null : new Welcomed(s => receiver.ServeAsync(s, connection));
        return reply;
    }

    // What a stranger sends is shown, but not all of it.
    private static string Shown(string text) => text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");

    private static Refusal RefusalOf(Verdict verdict) => verdict switch
    {
        Verdict.OtherVersion => Refusal.OtherVersion,
        Verdict.OtherWorkflow => Refusal.OtherWorkflow,
        Verdict.Fenced => Refusal.Fenced,
        Verdict.Replayed => Refusal.Replayed,
        Verdict.Lost => Refusal.Lost,
        _ => Refusal.NotOpen,
    };

    [LoggerMessage(EventId = 1211, Level = LogLevel.Error, Message = "Serving a connection from {From} has failed; others go on")]
    private static partial void LogBroken(ILogger logger, EndPoint? from, Exception cause);

    /// <summary>A connection that may go on.</summary>
    /// <param name="ServeAsync">Serves it to its end; returns why it ended.</param>
    private sealed record Welcomed(Func<Stream, Task<Exception?>> ServeAsync);

    /// <summary>The stream as it is now: first plain, then secured. Closes whichever it is.</summary>
    private sealed class Closing(Stream stream) : IDisposable
    {
        public Stream Inner { get; set; } = stream;

        public void Dispose() => Inner.Dispose();
    }
}

/// <summary>What both ends of a remote link are made of.</summary>
/// <param name="Id">Which link.</param>
/// <param name="Format">How its items are written.</param>
/// <param name="Meter">Counts what is sent.</param>
/// <param name="OnFailed">Told of an element that cannot be encoded or decoded, and why.</param>
internal sealed record LinkEnd(LinkId Id, JellyBean.Runtime.Envelope.ItemFormat Format, JellyBean.Runtime.Telemetry.LinkMeter Meter, Action<JellyBean.Workflows.Elements.Lineage, Exception> OnFailed);
