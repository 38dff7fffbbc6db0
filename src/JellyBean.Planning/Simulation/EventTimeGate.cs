namespace JellyBean.Planning.Simulation;

/// <summary>Holds what comes to a join or window until every stream that leads there has come further in event time: as in the engine, elements are taken in its order.</summary>
/// <remarks>A stream's next element is known there once it has come as far as the one before did, whether or not anything is left of it by then. An element's event time is that of its admission.</remarks>
internal sealed class EventTimeGate(IEnumerable<int> streams, EventQueue events)
{
    private readonly Dictionary<int, double> _reached = streams.ToDictionary(s => s, _ => double.NegativeInfinity);
    private readonly Dictionary<int, double> _transit = [];
    private readonly PriorityQueue<(Token Token, Action<Token> Take), (double Time, long Order)> _waiting = new();
    private long _order;

    /// <summary>A stream has given an element, or no more: infinity.</summary>
    public void Given(int stream, double time)
    {
        if (_reached.ContainsKey(stream))
        {
            events.At(events.Now + _transit.GetValueOrDefault(stream), () => Reach(stream, time));
        }
    }

    /// <summary>Something has come; it is taken when event time has passed it.</summary>
    public void Arrive(Token token, Action<Token> take)
    {
        if (_reached.ContainsKey(token.Stream))
        {
            _transit[token.Stream] = events.Now - token.Admitted;
        }

        _waiting.Enqueue((token, take), (token.Admitted, _order++));
        Release();
    }

    private void Reach(int stream, double time)
    {
        _reached[stream] = Math.Max(_reached[stream], time);
        Release();
    }

    private void Release()
    {
        var passed = _reached.Values.Min();
        while (_waiting.TryPeek(out var next, out var place) && place.Time < passed)
        {
            _waiting.Dequeue();
            next.Take(next.Token);
        }
    }
}
