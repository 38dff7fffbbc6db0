using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Whether a command about a source names one that is there, or may be, and what would hold after it. Pure.</summary>
internal static class SourceCheck
{
    /// <summary>Most characters of the settings of all sources that were added: they travel with each plan.</summary>
    public const int MostSettings = 12_000;

    /// <returns>What would hold, or the outcome where nothing is to be done.</returns>
    public static (Orders? After, CommandOutcome? Outcome) Of(Command command, RunState state, CommandNames names)
    {
        var orders = state.ByHand.Orders;
        if (command.Kind == CommandKind.Add)
        {
            return Add(command, state, names);
        }

        var (sources, known) = (orders.Sources, Known(orders.Sources, names).ToList());
        if (Named(command.Subject, known) is not { } source)
        {
            return CommandCheck.Refuse(command, $"There is no source '{command.Subject}'.", known.Select(s => s.Value), command.Subject);
        }

        return command.Kind switch
        {
            CommandKind.Pause when sources.Paused.Contains(source) => Unchanged($"Source '{source}' is held up already."),
            CommandKind.Pause => After(sources with { Paused = sources.Paused.Add(source) }),
            CommandKind.Resume when !sources.Paused.Contains(source) => Unchanged($"Source '{source}' is not held up."),
            CommandKind.Resume => After(sources with { Paused = sources.Paused.Remove(source) }),
            _ => After(sources.Remove(source, names.Configured)),
        };

        (Orders?, CommandOutcome?) After(SourceOrders after) => (orders with { Sources = after }, null);

        (Orders?, CommandOutcome?) Unchanged(string message) => (null, CommandCheck.Outcome(command, CommandStatus.Unchanged, message));
    }

    private static (Orders? After, CommandOutcome? Outcome) Add(Command command, RunState state, CommandNames names)
    {
        var orders = state.ByHand.Orders;
        var addition = new SourceAddition(Full(command.Subject, names), command.Settings);
        var isNamed = IsName(addition.Source, names);
        var wrong = Wrong(addition, isNamed, orders.Sources, names).ToList();
        if (!isNamed)
        {
            var misnamed = CommandCheck.Refuse(command, $"'{command.Subject}' is no name for a source.", names.Inputs.Select(i => $"{i}/NAME")).Outcome!;
            return (null, misnamed with { Message = ControlProtocol.Reason(string.Join(" ", wrong.Prepend(misnamed.Message))) });
        }

        if (wrong.Count > 0)
        {
            return (null, CommandCheck.Outcome(command, CommandStatus.Refused, ControlProtocol.Reason(string.Join(" ", wrong))));
        }

        return orders.Sources.Added.Values.Append(addition).Sum(Length) > MostSettings
            ? (null, CommandCheck.Outcome(command, CommandStatus.NotPossible, $"The settings of all sources that were added would take more than {MostSettings} characters. Put some into the configuration."))
            : (orders with { Sources = orders.Sources.Add(addition) }, null);
    }

    private static SourceId Full(string subject, CommandNames names) =>
        subject.Contains('/', StringComparison.Ordinal) || names.Inputs is not [var only] ? new SourceId(subject) : SourceId.Of(only.Value, subject);

    /// <summary>Whether a source may be called so.</summary>
    private static bool IsName(SourceId source, CommandNames names) =>
        source.Value.Length <= Command.MostName && source.Value.Split('/') is [var input, { Length: > 0 } name] && names.Inputs.Contains(new OperatorId(input)) && !name.Any(char.IsWhiteSpace);

    /// <summary>All that is wrong with a source besides its name: keys are looked at also where that is wrong, as far as it is known what they are keys of.</summary>
    private static IEnumerable<string> Wrong(SourceAddition addition, bool isNamed, SourceOrders orders, CommandNames names)
    {
        var source = addition.Source;
        if (isNamed && orders.Has(source, names.Configured))
        {
            yield return $"There is a source '{source}' already. Remove it, or give the new one another name.";
        }
        else if (isNamed && addition.Settings.IsEmpty && !names.Configured.Contains(source))
        {
            yield return $"Source '{source}' is not configured, and nothing is said of it. Give its keys, as in uri=rtsp://….";
        }

        if (addition.Settings.IsEmpty || names.Problems is not { } problems)
        {
            yield break;
        }

        var input = new OperatorId(source.Value.Split('/')[0]);
        OperatorId? read = names.Inputs.Contains(input) ? input : names.Inputs is [var only] ? only : null;
        foreach (var problem in read is null ? [] : problems(isNamed ? addition : addition with { Source = SourceId.Of(read.Value.Value, "NAME") }))
        {
            yield return problem;
        }
    }

    private static IEnumerable<SourceId> Known(SourceOrders orders, CommandNames names) => names.Configured.Except(orders.Removed).Union(orders.Added.Keys);

    // By its name alone where only one has it.
    private static SourceId? Named(string subject, List<SourceId> known)
    {
        List<SourceId> named = [.. known.Where(s => s.Value == subject || s.Value.EndsWith($"/{subject}", StringComparison.Ordinal))];
        return named is [var one] ? one : null;
    }

    private static int Length(SourceAddition addition) => addition.Source.Value.Length + addition.Settings.Sum(s => s.Key.Length + s.Value.Length);
}
