using System.Runtime.Serialization;
using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>A node's copy of the journal: answers whoever leads, and saves before it answers.</summary>
internal sealed partial class JournalReplica : ReceiveActor
{
    /// <summary>Its name below <c>/user</c>, on every node that may coordinate.</summary>
    public const string Name = "journal";

    private readonly WorkerId _self;
    private readonly IJournalStore _store;
    private readonly ILogger _logger;
    private Replica _replica;

    public JournalReplica(WorkerId self, IJournalStore store, ILogger logger)
    {
        _self = self;
        _store = store;
        _logger = logger;
        _replica = store.Load() is { } saved ? JournalFormat.FromBytes(saved) : Replica.New;
        Receive<Prepare>(m => Answer(_replica.On(_self, m)));
        Receive<Accept>(m => Answer(_replica.On(_self, m)));
    }

    private void Answer((Replica Next, IControlMessage Answer) step)
    {
        try
        {
            if (step.Next != _replica)
            {
                _store.Save(JournalFormat.ToBytes(step.Next));
                _replica = step.Next;
            }

            Sender.Tell(step.Answer);
        }
        catch (Exception cause) when (cause is IOException or SerializationException or InvalidOperationException or System.Data.Common.DbException)
        {
            // Without an answer, the others decide without this copy; it is asked again.
            LogNotSaved(_logger, _self, cause);
        }
    }

    [LoggerMessage(EventId = 1185, Level = LogLevel.Error, Message = "Node {Worker} could not save the journal, so its vote does not count. Look at its disk")]
    private static partial void LogNotSaved(ILogger logger, WorkerId worker, Exception cause);
}
