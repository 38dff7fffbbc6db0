using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>One measurement with two processes: this one sends, a peer receives.</summary>
internal static class LinkRun
{
    /// <summary>Sends everything, and asks the peer what it measured.</summary>
    /// <param name="load">What is sent, and how.</param>
    /// <param name="pace">Between elements; null for as fast as they are taken.</param>
    public static async Task<LinkRunOutcome> RunAsync(LinkLoad load, TimeSpan? pace = null)
    {
        using var peer = await LinkPeer.StartAsync(load, load.Way == LinkWay.StreamRef ? StreamRefTraffic.DefaultRuntime : null);
        var arriving = peer.OutcomeAsync();
        var began = Environment.CpuUsage.TotalTime;
        var sent = (AllocatedBytes: 0.0, Report: (LinkReport?)null);
        switch (load.Way)
        {
            case LinkWay.Link:
                sent = await LinkTraffic.SendAsync(peer.Address, load, pace);
                break;
            case LinkWay.Socket:
                await SocketTraffic.SendAsync(peer.Address, load, pace);
                break;
            default:
                await StreamRefTraffic.SendAsync(peer.Address, load, arriving);
                break;
        }

        var outcome = await arriving;
        var cpu = (Environment.CpuUsage.TotalTime - began).TotalMicroseconds / load.Elements;
        return outcome.Wrong == 0
            ? new LinkRunOutcome(outcome, sent.AllocatedBytes, cpu, sent.Report)
            : throw new InvalidOperationException($"{outcome.Wrong} elements were lost, doubled, out of order or changed.");
    }
}

/// <summary>What both processes measured.</summary>
/// <param name="Received">By the receiver.</param>
/// <param name="SentAllocatedBytes">By the sender, per element; 0 where it was not measured.</param>
/// <param name="SentCpuUs">Of the sender, processor time per element, microseconds.</param>
/// <param name="Report">What the link counted, where it was one.</param>
internal sealed record LinkRunOutcome(LinkOutcome Received, double SentAllocatedBytes, double SentCpuUs, LinkReport? Report);
