using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Testing.Interpretation;

/// <summary>What a window gives: one result for each key and span that has elements.</summary>
internal static class WindowEvaluation
{
    public static List<Element> Of(WindowOperator op, IReadOnlyList<Element> elements, Tally tally)
    {
        var members = new Dictionary<(string Key, long Span), List<Element>>();
        foreach (var element in tally.Admit(op.Id, op.Late, elements))
        {
            var key = "";
            if (!tally.Try(op.Id, element.Lineage, () => key = op.KeyOf(element.Value)))
            {
                continue;
            }

            var (first, last) = SpansOver(op.Window, element.Effective);
            for (var span = first; span <= last; span++)
            {
                members.TryAdd((key, span), []);
                members[(key, span)].Add(element);
            }
        }

        var results = new List<Element>();
        foreach (var ((key, number), contributors) in members.OrderBy(m => m.Key.Span).ThenBy(m => m.Key.Key, StringComparer.Ordinal))
        {
            contributors.Sort(Element.ByTime);
            var latest = contributors[^1];

            // Which of the spans over its latest element this is: the same wherever and however often it is computed, and different for
            // overlapping spans that hold the same elements.
            var index = (int)(number - SpansOver(op.Window, latest.Effective).First);
            object? value = null;
            WindowSpan span = default;
            if (tally.Try(op.Id, latest.Lineage, () => value = op.Aggregate(key, span = Span(op.Window, number), [.. contributors.Select(c => c.Value)])))
            {
                var lineage = Lineage.Joined(latest.Lineage, index, [.. contributors.Select(c => c.Lineage)], index);
                results.Add(new Element(lineage, span.End - TimeSpan.FromTicks(1), null, value!));
            }
        }

        return results;
    }

    /// <summary>The numbers of the first and last span over an instant; span n begins n slides after the Unix epoch.</summary>
    private static (long First, long Last) SpansOver(Window window, DateTimeOffset instant)
    {
        var ticks = (instant - DateTimeOffset.UnixEpoch).Ticks;
        return (FloorDivide(ticks - window.Size.Ticks, window.Slide.Ticks) + 1, FloorDivide(ticks, window.Slide.Ticks));
    }

    private static WindowSpan Span(Window window, long number)
    {
        var start = DateTimeOffset.UnixEpoch.AddTicks(number * window.Slide.Ticks);
        return new WindowSpan(start, start + window.Size);
    }

    private static long FloorDivide(long dividend, long divisor)
    {
        var (quotient, remainder) = Math.DivRem(dividend, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
