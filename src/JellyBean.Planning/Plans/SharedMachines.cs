using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Plans;

/// <summary>What a plan is charged for machines that several workflows use: each is paid once.</summary>
public static class SharedMachines
{
    /// <summary>The plan with what its machines cost for an hour, whoever pays it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="typeOf">The type of a machine, with its price; null where it is not known any more: it then keeps what the plan says.</param>
    public static Plan Priced(this Plan plan, Func<WorkerId, WorkerType?> typeOf)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(typeOf);
        return plan with { Workers = [.. plan.Workers.Select(w => typeOf(w.Worker) is { } type ? w with { PricePerHour = type.PricePerHour, IsOwned = type.Ownership == Ownership.Owned } : w)] };
    }

    /// <summary>The plan as it is charged: for every machine whole, but for those that other workflows pay.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="paidByOthers">These.</param>
    /// <returns>The same plan where nothing changes, or where it does not say what its machines cost.</returns>
    public static Plan Charged(this Plan plan, IReadOnlySet<WorkerId> paidByOthers)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(paidByOthers);
        if (plan.Workers.IsEmpty || plan.Workers.Any(w => w.PricePerHour is null))
        {
            return plan;
        }

        var paid = plan.Workers.Where(w => !paidByOthers.Contains(w.Worker)).ToList();
        var cost = plan.Cost with { ComputePerHour = paid.Sum(w => w.PricePerHour!.Value), OwnedPerHour = paid.Where(w => w.IsOwned).Sum(w => w.PricePerHour!.Value) };
        return cost == plan.Cost ? plan : plan with { Cost = cost };
    }
}
