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
    private bool _isTold;

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
                _isTold = false;
            }

            Sender.Tell(step.Answer);
        }
        catch (Exception cause) when (cause is IOException or SerializationException or InvalidOperationException or System.Data.Common.DbException)
        {
            // Without an answer, the others decide without this copy; it is asked again.
            LogNotSaved(_logger, _isTold ? LogLevel.Debug : LogLevel.Error, _self, cause.Message);
            _isTold = true;
        }
    }

    [LoggerMessage(EventId = 1185, Message = "Node {Worker} cannot save the journal, so its vote does not count; it tries again. Look at its disk. {Cause}")]
    private static partial void LogNotSaved(ILogger logger, LogLevel level, WorkerId worker, string cause);
}
