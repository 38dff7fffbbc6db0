using System.Text.RegularExpressions;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Counts which elements of which sources failed, each once, and for what; logs each kind of cause once per operator. Bounded however much fails.</summary>
internal sealed partial class FailureLedger(ILogger logger)
{
    // Per source; 16 bytes each.
    private const int MostRemembered = 4096;

    // In one report, over all sources: at most 20 bytes each as they are sent.
    private const int MostListed = 1024;
    private const int MostCauses = 24;
    private const int MostCauseLength = 200;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<SourceId, FailedNumbers> _failed = [];
    private readonly Dictionary<(OperatorId Operator, string Kind), FailureCause> _causes = [];
    private long _ofOtherCauses;

    /// <summary>An element failed at an operator.</summary>
    public void Add(OperatorId op, Lineage lineage, Exception cause) =>
        Add(op, new FailedElement(lineage.Source, lineage.Number), $"{cause.GetType().Name}: {cause.Message}", cause);

    /// <summary>A source offered an element that could not be read.</summary>
    public void Add(OperatorId op, SourceId source, long number, string fault) => Add(op, new FailedElement(source, number), fault, null);

    /// <summary>An element failed for a cause that is counted already.</summary>
    public void Add(Lineage lineage)
    {
        lock (_gate)
        {
            Remember(new FailedElement(lineage.Source, lineage.Number));
        }
    }

    /// <summary>A source ended before its time.</summary>
    public void SourceEnded(SourceId source, SourceFault fault, Exception thrown)
    {
        var (level, stack) = (fault.IsCrash ? LogLevel.Error : LogLevel.Warning, Stack(thrown));
        LogSourceEnded(logger, level, source, fault.Cause, stack);
    }

    /// <summary>Takes over which elements of a source had failed under an earlier plan, as each worker knew it.</summary>
    public void Restore(SourceId source, IEnumerable<FailedElements> failed)
    {
        lock (_gate)
        {
            foreach (var of in failed.Where(f => f.Count > 0))
            {
                NumbersOf(source).Restore(of);
            }
        }
    }

    /// <summary>All so far.</summary>
    public FailureReport Report()
    {
        lock (_gate)
        {
            var each = Math.Max(1, MostListed / Math.Max(1, _failed.Count));
            return new FailureReport(
                [.. _failed.Select(f => new FailedElements(f.Key, f.Value.Count, f.Value.Latest(each)))],
                [.. _causes.Values.OrderBy(c => c.Operator)],
                _ofOtherCauses);
        }
    }

    private void Add(OperatorId op, FailedElement element, string cause, Exception? exception)
    {
        // Messages may name the element, its time or its place: only an exception's type, or a text without its numbers, tells whether the kind is new.
        var kind = (op, exception?.GetType().FullName ?? $"{element.Source} {Numbers().Replace(cause, "#")}");
        var isNew = false;
        var isFull = false;
        lock (_gate)
        {
            Remember(element);
            if (_causes.TryGetValue(kind, out var known))
            {
                _causes[kind] = known with { Count = known.Count + 1, Latest = element };
            }
            else if (_causes.Count < MostCauses)
            {
                isNew = true;
                _causes[kind] = new FailureCause(op, cause.Length <= MostCauseLength ? cause : string.Concat(cause.AsSpan(0, MostCauseLength), "…"), 1, element, element);
            }
            else
            {
                isFull = _ofOtherCauses++ == 0;
            }
        }

        var stack = Stack(exception);
        if (isNew)
        {
            LogFailure(logger, op, element.Source, element.Number, cause, stack);
        }
        else if (isFull)
        {
            LogFull(logger, op, element.Source, element.Number, MostCauses, cause, stack);
        }
    }

    // Where in the code it came from is for those who look for mistakes in it.
    private Exception? Stack(Exception? exception) => logger.IsEnabled(LogLevel.Debug) ? exception : null;

    [GeneratedRegex("0x[0-9a-fA-F]+|[0-9]+([.,][0-9]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    private void Remember(FailedElement element) => NumbersOf(element.Source).Add(element.Number);

    private FailedNumbers NumbersOf(SourceId source)
    {
        if (!_failed.TryGetValue(source, out var numbers))
        {
            _failed[source] = numbers = new FailedNumbers(MostRemembered);
        }

        return numbers;
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Operator {Operator}: element {Source}#{Number} failed and is left out; others go on. Further failures of this kind are only counted. Cause: {Cause}")]
    private static partial void LogFailure(ILogger logger, OperatorId @operator, SourceId source, long number, string cause, Exception? exception);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Operator {Operator}: element {Source}#{Number} failed and is left out; others go on. It is the first of a kind after {Kinds} others: failures of further kinds are only counted, all together. Cause: {Cause}")]
    private static partial void LogFull(ILogger logger, OperatorId @operator, SourceId source, long number, int kinds, string cause, Exception? exception);

    [LoggerMessage(EventId = 1003, Message = "Source {Source} ended early; what it gave is processed, and others go on. Cause: {Cause}")]
    private static partial void LogSourceEnded(ILogger logger, LogLevel level, SourceId source, string cause, Exception? exception);
}
