using JellyBean.EndToEnd.Tests.Networks;
using JellyBean.EndToEnd.Tests.Rig;

namespace JellyBean.EndToEnd.Tests;

/// <summary>Processes die, cables are pulled and models do not load in the middle of a transition, of a program whose loading and handing over the test holds up.</summary>
public sealed class TransitionFaultTests : IDisposable
{
    private readonly HostNetwork _network;

    public TransitionFaultTests()
    {
        Skip.IfNot(HostNetwork.WhyNot is null, HostNetwork.WhyNot);
        _network = new HostNetwork();
    }

    public void Dispose() => _network.Dispose();

    [SkippableFact]
    public async Task Faults_of_each_kind_strike_in_mid_transition_the_old_or_a_new_epoch_is_in_force_and_nothing_is_lost()
    {
        await using var site = new RigSite(TimeSpan.FromMinutes(8), _network);
        try
        {
            await StrikeAsync(site);
        }
        catch (TimeoutException cause)
        {
            throw new TimeoutException(site.Everything, cause);
        }
    }

    private async Task StrikeAsync(RigSite site)
    {
        await site.StartAllAsync();
        var run = site.Ask("run");
        var first = await run.SaysAsync(@"Epoch 1 is in force on .*(box-\d)", site.Deadline);
        await run.SaysAsync(@"[1-9]\d* \w+ processed", site.Deadline);
        var snapshot = await site.SnapshotAsync(after: 0);

        await ModelDoesNotLoadAsync(site, run, first, says: "no number", because: "is damaged", epoch: 2);
        await ModelDoesNotLoadAsync(site, run, first, says: $"{2_000_000_000}", because: "OutOfMemoryException", epoch: 3);
        await NewIsKilledAsync(site, run, first);
        var second = await LinkIsCutAsync(site, run, first);
        var third = await CoordinatorIsKilledAsync(site, run, second);
        await OldIsKilledAsync(site, run, third, back: first);
        await site.SnapshotAsync(snapshot);

        Assert.Equal(0, await site.Ask("stop").EndsAsync(site.Deadline));
        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.True(site.Wrong() is [], string.Join('\n', site.Wrong().Take(20)) + site.Everything);
    }

    /// <summary>Before the cut: the plan in force stays, and whoever asked is told why.</summary>
    private static async Task ModelDoesNotLoadAsync(RigSite site, NodeProcess run, string used, string says, string because, int epoch)
    {
        site.ModelSays(says);
        var drain = site.Ask("drain", used);

        await drain.SaysAsync($"could not prepare its part.*{because}", site.Deadline);
        await run.SaysAsync($"Epoch {epoch} was given up before it was in force", site.Deadline);
        site.ModelSays("1000");
    }

    /// <summary>Before the cut: as above.</summary>
    private static async Task NewIsKilledAsync(RigSite site, NodeProcess run, string used)
    {
        site.Close(RigGate.Loading);
        var drain = site.Ask("drain", used);
        var next = await site.WaitsAsync(RigGate.Loading, [.. RigSite.Boxes]);
        Assert.Equal(("preparing", 1, 4), await TransitionAsync(site));
        site[next].Kill();

        await drain.SaysAsync($"'{next}' was lost", site.Deadline);
        await run.SaysAsync("Epoch 4 was given up before it was in force", site.Deadline);
        site.Open(RigGate.Loading);
        await site.StartAgainAsync(next);
    }

    /// <summary>Behind the cut, of whoever hands over: forward, once the cable is in again.</summary>
    private async Task<string> LinkIsCutAsync(RigSite site, NodeProcess run, string used)
    {
        site.Close(RigGate.State);
        var drain = site.Ask("drain", used);
        await site.WaitsAsync(RigGate.State, used);
        _network.Unplug(used);
        site.Open(RigGate.State);
        await site[used].SaysAsync("Link .* is down", site.Deadline);
        _network.Plug(used);

        var next = await run.SaysAsync(@"Epoch 5 is in force on .*(box-\d).*, in place of 1", site.Deadline);
        Assert.True(await drain.EndsAsync(site.Deadline) == 0, site.Everything);
        return next;
    }

    /// <summary>Behind the cut: forward to the same epoch, with another coordinator.</summary>
    private static async Task<string> CoordinatorIsKilledAsync(RigSite site, NodeProcess run, string used)
    {
        site.Close(RigGate.State);
        site.Ask("drain", used);
        await site.WaitsAsync(RigGate.State, used);
        Assert.Equal(("taking-over", 5, 6), await TransitionAsync(site));
        site["boss"].Kill();
        await site.StartAsync("boss");
        site.Open(RigGate.State);

        await run.SaysAsync("Another coordinator goes on to put epoch 6 in place of 5", site.Deadline);
        return await run.SaysAsync(@"Epoch 6 is in force on .*(box-\d).*, in place of 5", site.Deadline);
    }

    /// <summary>Behind the cut: a later epoch goes on from the last snapshot.</summary>
    private static async Task OldIsKilledAsync(RigSite site, NodeProcess run, string used, string back)
    {
        Assert.True(await site.Ask("return", back).EndsAsync(site.Deadline) == 0, site.Everything);
        site.Close(RigGate.State);
        site.Ask("drain", used);
        await site.WaitsAsync(RigGate.State, used);
        site[used].Kill();
        site.Open(RigGate.State);

        await run.SaysAsync($"'{used}' was lost", site.Deadline);
        await run.SaysAsync($"Epoch 8 is in force on .*{back}", site.Deadline);
    }

    private static async Task<(string? Step, long From, long To)> TransitionAsync(RigSite site)
    {
        var transition = (await site.StatusAsync()).GetProperty("transition");
        return (transition.GetProperty("step").GetString(), transition.GetProperty("from").GetInt64(), transition.GetProperty("to").GetInt64());
    }
}
