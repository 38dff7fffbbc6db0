using System.Diagnostics.CodeAnalysis;
using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Links;

/// <summary>What has come in and is not taken yet. Elements are bounded by the sender's credit; of the frontiers between two of them, each source's last is kept.</summary>
/// <remarks>Callers lock.</remarks>
internal sealed class ReceiveQueue
{
    // Frontiers that wait, over all: far more than a workflow has sources, far less than memory.
    private const int MostSignals = 65536;

    private readonly Queue<(Item Item, int Cost)> _items = new();
    private readonly List<Frontier> _last = [];
    private int _signals;

    public bool IsEmpty => _items.Count == 0 && _last.Count == 0;

    /// <exception cref="InvalidDataException">There are more signals than any workflow has.</exception>
    public void Add(Item item, int cost)
    {
        if (item is Frontier frontier)
        {
            // A later frontier says all that an earlier one said, and nothing of the source stands between them.
            var earlier = _last.FindIndex(f => f.Source == frontier.Source);
            if (earlier >= 0)
            {
                _last.RemoveAt(earlier);
            }
            else
            {
                Count();
            }

            _last.Add(frontier);
            return;
        }

        foreach (var before in _last)
        {
            _items.Enqueue((before, 0));
        }

        _last.Clear();
        if (cost == 0)
        {
            Count();
        }

        _items.Enqueue((item, cost));
    }

    public bool TryTake([MaybeNullWhen(false)] out Item item, out int cost)
    {
        if (_items.TryDequeue(out var first))
        {
            (item, cost) = first;
        }
        else if (_last.Count > 0)
        {
            (item, cost) = (_last[0], 0);
            _last.RemoveAt(0);
        }
        else
        {
            (item, cost) = (null, 0);
            return false;
        }

        _signals -= cost == 0 ? 1 : 0;
        return true;
    }

    private void Count()
    {
        if (++_signals > MostSignals)
        {
            throw new InvalidDataException($"More than {MostSignals} signals wait.");
        }
    }
}
