using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Remembers which elements of which sources failed, each once, and logs each cause once per operator.</summary>
internal sealed partial class FailureLedger(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<FailedElement> _failed = [];
    private readonly HashSet<(OperatorId Operator, string Cause)> _logged = [];

    /// <summary>An element failed at an operator.</summary>
    public void Add(OperatorId op, Lineage lineage, Exception cause) => Add(op, lineage.Source, lineage.Number, $"{cause.GetType().Name}: {cause.Message}", cause);

    /// <summary>A source offered an element that could not be read.</summary>
    public void Add(OperatorId op, SourceId source, long number, string fault) => Add(op, source, number, fault, null);

    /// <summary>An element failed for a cause that is logged already.</summary>
    public void Add(Lineage lineage)
    {
        lock (_gate)
        {
            _failed.Add(new FailedElement(lineage.Source, lineage.Number));
        }
    }

    /// <summary>All so far.</summary>
    public ImmutableArray<FailedElement> Report()
    {
        lock (_gate)
        {
            return [.. _failed];
        }
    }

    private void Add(OperatorId op, SourceId source, long number, string cause, Exception? exception)
    {
        bool isNew;
        lock (_gate)
        {
            _failed.Add(new FailedElement(source, number));

            // Messages may name the element: only the kind of cause tells whether it is new.
            isNew = _logged.Add((op, exception?.GetType().FullName ?? cause));
        }

        if (isNew)
        {
            LogFailure(logger, op, source, number, cause, exception);
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Operator {Operator}: element {Source}#{Number} failed and is left out; others go on. Further failures of this kind are only counted. Cause: {Cause}")]
    private static partial void LogFailure(ILogger logger, OperatorId @operator, SourceId source, long number, string cause, Exception? exception);
}
