using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Nothing listens at a member's address any more: its process is dead.</summary>
internal sealed record PeerGone(Address Address) : INoSerializationVerificationNeeded;

/// <summary>Notices dead processes by their sockets, long before heartbeats are missed: a connection ended, and then the address refuses every new one.</summary>
/// <remarks>An address that does not answer at all says nothing: that may be the network, and is left to the failure detector.</remarks>
internal sealed partial class SocketWatch : ReceiveActor
{
    private const int Attempts = 3;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan AttemptDeadline = TimeSpan.FromSeconds(2);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly HashSet<Address> _asking = [];
    private readonly ILogger _logger;

    public SocketWatch(ILogger logger)
    {
        _logger = logger;
        Receive<DisassociatedEvent>(m => Suspect(m.RemoteAddress));
        Receive<AssociationErrorEvent>(m => Suspect(m.RemoteAddress));
        Receive<Asked>(OnAsked);
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
    }

    private bool IsMember(Address address) => _cluster.State.Members.Any(m => m.Address == address && m.Status is not (MemberStatus.Down or MemberStatus.Exiting or MemberStatus.Removed));

    private void Suspect(Address? address)
    {
        if (address is { Host: not null, Port: not null } && address != _cluster.SelfAddress && IsMember(address) && _asking.Add(address))
        {
            RefusesAsync(address).PipeTo(Self);
        }
    }

    private void OnAsked(Asked asked)
    {
        _asking.Remove(asked.Address);
        if (asked.Refuses && IsMember(asked.Address))
        {
            LogGone(_logger, asked.Address);
            Context.System.EventStream.Publish(new PeerGone(asked.Address));
            _cluster.Down(asked.Address);
        }
    }

    private static async Task<Asked> RefusesAsync(Address address)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (!await IsRefusedAsync(address.Host!, address.Port!.Value).ConfigureAwait(false))
            {
                return new Asked(address, Refuses: false);
            }

            await Task.Delay(Between).ConfigureAwait(false);
        }

        return new Asked(address, Refuses: true);
    }

    private static async Task<bool> IsRefusedAsync(string host, int port)
    {
        using var socket = new TcpClient();
        using var deadline = new CancellationTokenSource(AttemptDeadline);
        try
        {
            await socket.ConnectAsync(host, port, deadline.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException cause)
        {
            return cause.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 1180, Level = LogLevel.Warning, Message = "The process at {Address} is dead: nothing listens there any more")]
    private static partial void LogGone(ILogger logger, Address address);

    private sealed record Asked(Address Address, bool Refuses) : INoSerializationVerificationNeeded;
}
