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
    private Registers _registers;
    private bool _isTold;

    /// <param name="self">The node.</param>
    /// <param name="fingerprint">Of the workflow that it has built: what was saved before there were several is of that.</param>
    /// <param name="store">Where the copy is kept.</param>
    /// <param name="logger">Logs that it cannot be.</param>
    public JournalReplica(WorkerId self, string fingerprint, IJournalStore store, ILogger logger)
    {
        _self = self;
        _store = store;
        _logger = logger;
        _registers = store.Load() is { } saved ? Registers.FromBytes(saved, fingerprint) : Registers.None;
        Receive<For>(m => _registers.Has(m.Workflow), m =>
        {
            switch (m.Message)
            {
                case Prepare ask:
                    Answer(m.Workflow, _registers[m.Workflow].On(_self, ask));
                    break;
                case Accept ask:
                    Answer(m.Workflow, _registers[m.Workflow].On(_self, ask));
                    break;
            }
        });
    }

    private void Answer(string workflow, (Replica Next, IControlMessage Answer) step)
    {
        try
        {
            if (step.Next != _registers[workflow])
            {
                var next = _registers.With(workflow, step.Next);
                _store.Save(next.ToBytes());
                _registers = next;
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
