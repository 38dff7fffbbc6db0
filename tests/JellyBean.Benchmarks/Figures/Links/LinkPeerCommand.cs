namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>What the receiving process does: it says where it listens, takes what comes, and says what it measured.</summary>
internal static class LinkPeerCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var load = LinkLoad.Of(arguments);
        var arrivals = new Arrivals(load.Elements);
        await (load.Way switch
        {
            LinkWay.Link => LinkTraffic.ReceiveAsync(load, arrivals),
            LinkWay.Socket => SocketTraffic.ReceiveAsync(load, arrivals),
            _ => StreamRefTraffic.ReceiveAsync(arrivals),
        });
        return 0;
    }
}
