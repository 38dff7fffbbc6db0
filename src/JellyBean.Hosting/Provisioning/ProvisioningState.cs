using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Hosting.Provisioning;

/// <summary>Which workers are being started and stopped, and when to try again. A value, and its rules: pure, with time handed in.</summary>
/// <remarks>For one name there is never more than one thing being done. What fails is tried again after a pause that doubles up to a cap, as long as it is needed, and counted.</remarks>
internal sealed record ProvisioningState
{
    /// <summary>What is known of each worker that something was done about.</summary>
    public ImmutableSortedDictionary<WorkerId, Slot> Slots { get; init; } = ImmutableSortedDictionary<WorkerId, Slot>.Empty;

    /// <summary>How often starting or stopping has failed.</summary>
    public long Failures { get; init; }

    /// <summary>Decides what is to be done now; it counts as begun.</summary>
    /// <param name="view">What is there and what is needed.</param>
    /// <param name="options">How patient to be.</param>
    /// <param name="now">When.</param>
    public (ProvisioningState Next, ImmutableArray<Provision> Todo) Decide(ProvisioningView view, ProvisioningOptions options, TimeSpan now)
    {
        var slots = Slots.ToBuilder();
        var todo = ImmutableArray.CreateBuilder<Provision>();
        foreach (var worker in view.Needed.Union(view.Running).Union(Slots.Keys))
        {
            var isNeeded = view.Needed.Contains(worker) || view.Used.Contains(worker);
            var slot = slots.GetValueOrDefault(worker, new Slot());
            slot = slot with { IdleSince = isNeeded || !view.Running.Contains(worker) ? null : slot.IdleSince ?? now };
            var isDue = !slot.IsBusy && now >= slot.TryAt;
            if (isDue && view.Needed.Contains(worker) && !view.Running.Contains(worker))
            {
                slot = slot with { IsBusy = true };
                todo.Add(new Provision(worker, IsStart: true));
            }
            else if (isDue && slot.IdleSince is { } since && now - since >= options.IdleAfter)
            {
                slot = slot with { IsBusy = true };
                todo.Add(new Provision(worker, IsStart: false));
            }

            slots[worker] = slot;
            if (slot == new Slot())
            {
                slots.Remove(worker);
            }
        }

        return (this with { Slots = slots.ToImmutable() }, todo.ToImmutable());
    }

    /// <summary>Something that was begun has ended.</summary>
    public ProvisioningState Ended(WorkerId worker, bool hasFailed, ProvisioningOptions options, TimeSpan now)
    {
        if (!Slots.TryGetValue(worker, out var slot) || !slot.IsBusy)
        {
            return this;
        }

        var attempts = hasFailed ? slot.Attempts + 1 : 0;
        var pause = hasFailed ? Math.Min(options.LastPause.Ticks, options.FirstPause.Ticks * Math.Pow(2, Math.Min(attempts - 1, 40))) : 0;
        return this with
        {
            Failures = Failures + (hasFailed ? 1 : 0),
            Slots = Slots.SetItem(worker, slot with { IsBusy = false, Attempts = attempts, TryAt = hasFailed ? now + TimeSpan.FromTicks((long)pause) : TimeSpan.Zero }),
        };
    }
}

/// <summary>What is known of a worker.</summary>
internal sealed record Slot
{
    /// <summary>Whether it is being started or stopped.</summary>
    public bool IsBusy { get; init; }

    /// <summary>Failures since it last went well.</summary>
    public int Attempts { get; init; }

    /// <summary>Nothing is tried before.</summary>
    public TimeSpan TryAt { get; init; }

    /// <summary>Since when it runs and nobody needs it; null where it does not run or is needed.</summary>
    public TimeSpan? IdleSince { get; init; }
}

/// <summary>What there is at a moment.</summary>
/// <param name="Needed">Workers that a plan waits for.</param>
/// <param name="Used">Workers that the plan in force uses.</param>
/// <param name="Running">Workers that the provisioner has started and that are there.</param>
internal sealed record ProvisioningView(ImmutableSortedSet<WorkerId> Needed, ImmutableSortedSet<WorkerId> Used, ImmutableSortedSet<WorkerId> Running);

/// <summary>Something to do.</summary>
internal sealed record Provision(WorkerId Worker, bool IsStart);
