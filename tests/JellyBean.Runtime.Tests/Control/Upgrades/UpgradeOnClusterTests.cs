using System.Globalization;
using System.Text.RegularExpressions;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Control.Upgrades;

/// <summary>A version takes over live sources on real nodes: what a camera gives goes to one of the versions, once.</summary>
public sealed class UpgradeOnClusterTests
{
    [Fact]
    public async Task Live_sources_are_given_back_in_the_middle_taken_over_and_taken_back_and_each_picture_is_processed_once_under_a_number_of_its_own()
    {
        await using var site = new UpgradeSite(coordinators: 1);
        var (former, next) = (site.Former, site.Next);
        await site.StartAsync();

        // The yard cannot be let go of, so the next version is stopped between the two.
        site.Yard.Hold();
        var first = next.UpgradeAsync(site.Deadline);
        await site.UntilAsync(() => next.OfGate.Results.Count > 20);
        await next.Control.StopAsync(ClusterFixture.Deadline, site.Deadline);
        var stopped = await first;
        site.Yard.Release();
        await FlowsAsync(site, former);

        var over = await next.UpgradeAsync(site.Deadline);
        await FlowsAsync(site, next);
        var before = former.OfGate.Results.Count;
        var back = await former.UpgradeAsync(site.Deadline);
        await FlowsAsync(site, former);
        var end = await EndsAsync(site, former);

        Assert.Equal((CommandStatus.NotPossible, CommandStatus.Done, CommandStatus.Done), (stopped.Status, over.Status, back.Status));
        Assert.Contains("was told to stop", stopped.Message, StringComparison.Ordinal);
        Told(over, next);
        Told(back, former);
        Assert.All(end.Sources, s => Assert.Equal(s.Offered, s.Processed));
        Assert.Equal(former.OfGate.Results.Count - before, end.Sources.Single(s => s.Source == SourceId.Of("gates", "gate")).Offered);
        Once(site);
    }

    [Fact]
    public async Task Leader_of_three_is_lost_in_the_middle_twice_and_sources_are_taken_over_all_the_same_and_given_back_to_who_had_them()
    {
        await using var site = new UpgradeSite(coordinators: 3);
        var (former, next) = (site.Former, site.Next);
        await site.StartAsync();

        site.Yard.Hold();
        var first = next.UpgradeAsync(site.Deadline);
        await site.UntilAsync(() => next.OfGate.Results.Count > 20);
        await site.LoseLeaderAsync();
        site.Yard.Release();
        var over = await first;
        await FlowsAsync(site, next);

        site.Yard.Hold();
        var before = former.OfGate.Results.Count;
        var second = former.UpgradeAsync(site.Deadline);
        await site.UntilAsync(() => former.OfGate.Results.Count > before + 20);
        await site.LoseLeaderAsync();
        await former.Control.StopAsync(ClusterFixture.Deadline, site.Deadline);
        var stopped = await second;
        site.Yard.Release();
        await FlowsAsync(site, next);
        var end = await EndsAsync(site, next);

        Assert.Equal((CommandStatus.Done, CommandStatus.NotPossible), (over.Status, stopped.Status));
        Assert.Contains("reads all its sources, as before", stopped.Message, StringComparison.Ordinal);
        Assert.All(end.Sources, s => Assert.Equal(s.Offered, s.Processed));
        Once(site);
    }

    [Fact]
    public async Task Recorded_source_that_was_taken_over_is_read_again_after_a_crash_and_nothing_of_it_is_lost()
    {
        await using var site = new UpgradeSite(coordinators: 1, isRecorded: true);
        var (former, next) = (site.Former, site.Next);
        await site.StartAsync();

        var over = await next.UpgradeAsync(site.Deadline);
        await FlowsAsync(site, next);
        await site.RestartAsync(next);
        await FlowsAsync(site, next);
        var end = await EndsAsync(site, next);

        Assert.Equal(CommandStatus.Done, over.Status);
        var gate = end.Sources.Single(s => s.Source == SourceId.Of("gates", "gate"));
        Assert.Equal((0L, gate.Offered), (gate.Lost, gate.Processed));

        // What came again came under the number that it had.
        var results = former.OfGate.Results.Concat(next.OfGate.Results).Select(r => (r.Id, r.Value)).Distinct().OrderBy(r => r.Value).ToList();
        Assert.Equal(Enumerable.Range(0, (int)site.Gate.Given).Select(n => (long)n), results.Select(r => r.Value));
        Assert.Equal(results.Count, results.Select(r => r.Id).Distinct().Count());
    }

    private static Task FlowsAsync(UpgradeSite site, UpgradeSite.Version version)
    {
        var (gate, yard) = (version.OfGate.Results.Count, version.OfYard.Results.Count);
        return site.UntilAsync(() => version.OfGate.Results.Count > gate + 20 && version.OfYard.Results.Count > yard + 20);
    }

    private static async Task<ClusterStatus> EndsAsync(UpgradeSite site, UpgradeSite.Version version)
    {
        var end = await version.Control.StopAsync(ClusterFixture.Deadline, site.Deadline);
        Assert.Null(end.EndedFailure);
        return end;
    }

    // As in "gates/gate: read here from number 17 on; nobody read it for at most 0.2 s".
    private static void Told(CommandOutcome outcome, UpgradeSite.Version by)
    {
        Assert.Equal(2, outcome.Changes.Length);
        Assert.All(outcome.Changes, line => Assert.Contains("nobody read it for at most", line, StringComparison.Ordinal));
        Assert.Subset(
            by.OfGate.Results.Concat(by.OfYard.Results).Select(r => r.Id).ToHashSet(),
            outcome.Changes.Select(line => Regex.Replace(line, @"^(\S+): read here from number (\d+) on;.*$", "$1#$2")).ToHashSet());
    }

    private static void Once(UpgradeSite site)
    {
        Once(site.Gate, [.. site.Former.OfGate.Results, .. site.Next.OfGate.Results]);
        Once(site.Yard, [.. site.Former.OfYard.Results, .. site.Next.OfYard.Results]);
    }

    private static void Once(UpgradeSite.Camera camera, IReadOnlyList<Result<long>> results)
    {
        Assert.Equal(1, camera.MostReaders);
        var ordered = results.OrderBy(r => r.Value).ToList();
        Assert.Equal(Enumerable.Range(0, (int)camera.Given).Select(n => (long)n), ordered.Select(r => r.Value));

        // As in gates/gate#17: in the order of the pictures, and never twice.
        var numbers = ordered.Select(r => long.Parse(r.Id[(r.Id.IndexOf('#', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.True(numbers.Select(SourceNumbers.FirstBefore).Distinct().Count() > 1, $"All have numbers of one block: {numbers[0]} to {numbers[^1]}.");
    }
}
