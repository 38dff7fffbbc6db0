using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Graph;

namespace JellyBean.Testing.Interpretation;

/// <summary>What an event-time join gives: each element, in the order of time, lineage and side, meets those of the other side before it.</summary>
internal static class JoinEvaluation
{
    public static List<Element> Of(JoinOperator op, IReadOnlyList<Element> left, IReadOnlyList<Element> right, Tally tally)
    {
        var all = Keyed(op, isRight: false, left, tally).Concat(Keyed(op, isRight: true, right, tally)).ToList();
        all.Sort(static (a, b) =>
        {
            var byTime = Element.ByTime(a.Element, b.Element);
            return byTime != 0 ? byTime : a.IsRight.CompareTo(b.IsRight);
        });

        var earlier = all.Select(a => (a.IsRight, a.Key)).Distinct().ToDictionary(side => side, _ => new Queue<Element>());
        var places = new Dictionary<Lineage, int>();
        var results = new List<Element>();
        foreach (var (isRight, key, element) in all)
        {
            earlier[(isRight, key)].Enqueue(element);
            if (!earlier.TryGetValue((!isRight, key), out var others))
            {
                continue;
            }

            // Time only goes on: who is too old for this element is too old for all that follow.
            while (others.TryPeek(out var oldest) && element.Effective - oldest.Effective > op.Within)
            {
                others.Dequeue();
            }

            foreach (var other in others)
            {
                var (l, r) = isRight ? (other, element) : (element, other);
                object? result = null;
                var matches = false;
                if (tally.Try(op.Id, element.Lineage, () => matches = op.TryJoin(l.Value, r.Value, out result)) && matches)
                {
                    // An element that comes by both sides goes on counting its places.
                    var place = places.GetValueOrDefault(element.Lineage);
                    places[element.Lineage] = place + 1;
                    results.Add(new Element(Lineage.Joined(element.Lineage, place, [l.Lineage, r.Lineage], 0), element.Effective, null, result!));
                }
            }
        }

        return results;
    }

    private static IEnumerable<(bool IsRight, string Key, Element Element)> Keyed(JoinOperator op, bool isRight, IReadOnlyList<Element> elements, Tally tally)
    {
        foreach (var element in tally.Admit(op.Id, op.Late, elements))
        {
            var key = "";
            if (tally.Try(op.Id, element.Lineage, () => key = op.KeyOf(isRight, element.Value)))
            {
                yield return (isRight, key, element);
            }
        }
    }
}
