namespace JellyBean.Planning.Simulation;

/// <summary>How a station's results are divided among the next operator's stations: in smooth weighted round robin, as the engine does it.</summary>
/// <remarks>What derives from one element of a source stays together. A result that will be joined goes where its lane says.</remarks>
internal sealed class Fork(double bytesPerResult, IReadOnlyList<(Station To, Wire? Over, double Share)> ways)
{
    private readonly double[] _credit = new double[ways.Count];
    private (int Stream, long Number) _last = (-1, -1);
    private int _chosen;

    public double BytesPerResult => bytesPerResult;

    public (Station To, Wire? Over) Choose(Token token)
    {
        var at = OfLane(token) ?? NextByShare(token);
        return (ways[at].To, ways[at].Over);
    }

    private int? OfLane(Token token)
    {
        if (token.Lane is null || !token.Lane.TryGetValue(ways[0].To.Operator.Id, out var worker))
        {
            return null;
        }

        for (var i = 0; i < ways.Count; i++)
        {
            if (ways[i].To.Instance.Worker == worker)
            {
                return i;
            }
        }

        return null;
    }

    private int NextByShare(Token token)
    {
        if (_last == (token.Stream, token.Number))
        {
            return _chosen;
        }

        (_last, _chosen) = ((token.Stream, token.Number), 0);
        for (var i = 0; i < _credit.Length; i++)
        {
            _credit[i] += ways[i].Share;
            if (_credit[i] > _credit[_chosen])
            {
                _chosen = i;
            }
        }

        _credit[_chosen] -= 1;
        return _chosen;
    }
}
