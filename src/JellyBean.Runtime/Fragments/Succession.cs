using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Compilation;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Fragments;

/// <summary>How a fragment takes the place of those of the plan before: what they held at the switch comes here, and what the one on this worker held goes where it belongs now.</summary>
/// <remarks>
/// What stays on the worker is handed over in memory; the rest goes over links of their own, one for each operator or source and each pair of workers: bounded, acknowledged
/// and resumed like any. An operator's state is there when every worker that had it has given all of its own; instances then take the keys that are theirs.
/// </remarks>
internal sealed class Succession
{
    private FragmentParts? _before;
    private int _over;
    private readonly FragmentMeters _meters;
    private readonly ImmutableArray<SourceId> _gone;
    private readonly ImmutableDictionary<string, ImmutableArray<StateLink.Receiver>> _coming;
    private readonly ImmutableArray<(string Key, StateLink.Sender Sender)> _going;
    private readonly ImmutableHashSet<string> _here;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<ImmutableArray<StatePiece>>> _come = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="workflow">What is run.</param>
    /// <param name="former">The plan that is in force.</param>
    /// <param name="plan">The one that takes its place.</param>
    /// <param name="worker">Whose fragment it is.</param>
    /// <param name="before">Of the fragment that runs here now; null if none does.</param>
    /// <param name="links">The new fragment's; closed with it.</param>
    /// <param name="meters">The new fragment's.</param>
    /// <exception cref="LinkException">A link cannot be opened.</exception>
    public Succession(Workflow workflow, Plan former, Plan plan, WorkerId worker, FragmentParts? before, FragmentLinks links, FragmentMeters meters)
    {
        _before = before;
        _meters = meters;
        _gone = [.. former.Sources.Where(s => s.Worker == worker).Select(s => s.Source).Except(plan.Sources.Select(s => s.Source))];
        var (had, has) = (StateKeys.Of(workflow, former), StateKeys.Of(workflow, plan));
        _over = has.Any(h => h.Worker == worker) ? 0 : 1;
        _here = [.. had.Where(h => h.Worker == worker).Select(h => h.Key)];
        _coming = (from here in has
                   where here.Worker == worker
                   join there in had on here.Key equals there.Key
                   where there.Worker != worker
                   group new StateLink.Receiver(links.OpenStateReceiver(StateLink.Of(plan.Epoch, here.Key, there.Worker, worker))) by here.Key)
            .ToImmutableDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);
        _going = [.. from here in had
                     where here.Worker == worker
                     join there in has on here.Key equals there.Key
                     where there.Worker != worker
                     select (here.Key, new StateLink.Sender(links.OpenStateSender(StateLink.Of(plan.Epoch, here.Key, worker, there.Worker))))];
    }

    /// <summary>What the stages of an operator, or a source, begin with.</summary>
    public async Task<ImmutableArray<StatePiece>> OfAsync(StateSlot slot)
    {
        if (slot.Key is not { } key)
        {
            return [];
        }

        // Several instances ask for the same, at the same time; a link has one reader.
        Task<ImmutableArray<StatePiece>> coming;
        lock (_gate)
        {
            coming = _come.TryGetValue(key, out var known) ? known : _come[key] = ComeAsync(key);
        }

        return [.. (await coming.ConfigureAwait(false)).Where(p => p.Owner == slot.Owner)];
    }

    /// <summary>Every stage has what is its: it is not kept until the next plan.</summary>
    public void OnRestored()
    {
        lock (_gate)
        {
            _come.Clear();
        }

        Forget();
    }

    /// <summary>The plan is in force: what runs here ends at the switch, and hands over.</summary>
    /// <returns>Completes when it has, and the others have received what is theirs; fails if it could not.</returns>
    public async Task TakeOverAsync()
    {
        _begun.TrySetResult();
        if (_before is not { } before)
        {
            return;
        }

        foreach (var source in _gone)
        {
            before.Readers.GetValueOrDefault(source)?.Leave();
        }

        before.Snapshots.Switch();
        IEnumerable<Task> staying = _here.Select(before.Snapshots.HandedOverAsync);
        await Task.WhenAll([before.Completion.Task, .. staying, .. _going.Select(going => GiveAsync(before, going))]).ConfigureAwait(false);
        _meters.Retire(before.Meters, _gone);
        Forget();
    }

    /// <summary>The fragment is disposed. If its plan never came into force, what runs here keeps all it has.</summary>
    public void End(FragmentParts parts)
    {
        if (!_begun.Task.IsCompleted)
        {
            _before?.Disinherit(parts);
            _begun.TrySetCanceled();
        }

        // Or each would keep all before it.
        _before = null;
    }

    private async Task<ImmutableArray<StatePiece>> ComeAsync(string key)
    {
        await _begun.Task.ConfigureAwait(false);
        var parts = _coming.GetValueOrDefault(key, []).Select(receiver => receiver.ReceiveAsync());
        if (_before is not null && _here.Contains(key))
        {
            parts = parts.Append(_before.Snapshots.HandedOverAsync(key));
        }

        return [.. (await Task.WhenAll(parts).ConfigureAwait(false)).SelectMany(p => p)];
    }

    // What ran before has handed over all, and here all have got theirs.
    private void Forget()
    {
        if (Interlocked.Increment(ref _over) >= 2)
        {
            _before = null;
        }
    }

    private static async Task GiveAsync(FragmentParts before, (string Key, StateLink.Sender Sender) going)
    {
        going.Sender.Start();
        ImmutableArray<StatePiece> pieces;
        try
        {
            pieces = await before.Snapshots.HandedOverAsync(going.Key).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            going.Sender.Fail(cause);
            throw;
        }

        await going.Sender.SendAsync(pieces).ConfigureAwait(false);
    }
}
