using JellyBean.Optimizer.Models;
using JellyBean.Optimizer.Programs;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Pools;

/// <summary>How flows are divided between tiers, in a <see cref="PoolProgram"/>. What is sent by one tier only, or taken by one only, is divided as the other end is.</summary>
internal sealed class PoolFlows(PoolLayout pools, Assignment assignment, LinearProgram program, Func<OperatorId, Tier, Terms> shareIn, bool isPaid = true)
{
    private readonly Dictionary<(int Flow, Tier From, Tier To), Terms> _parts = [];

    private Layout Layout => pools.Layout;

    public void Add()
    {
        foreach (var receiver in Layout.Operators.Where(o => o.Inputs.Length > 0))
        {
            var into = Enumerable.Range(0, Layout.Rates.Flows.Length).Where(i => Layout.Rates.Flows[i].To == receiver.Id && !IsInside(Layout.Rates.Flows[i])).ToList();
            if (Layout.TakesInputsAlike(receiver) || into.Count == 1)
            {
                into.ForEach(AddAlike);
            }
            else if (into.Count > 0)
            {
                into.ForEach(AddLeaving);
                AddArriving(receiver.Id, into);
            }
        }

        AddBandwidth();
        AddProportions();
    }

    public Dictionary<(int Flow, string? Size, Tier From, Tier To), double> Read(double[] values)
    {
        var parts = _parts.ToDictionary(p => (p.Key.Flow, (string?)null, p.Key.From, p.Key.To), p => p.Value.Constant + p.Value.Items.Sum(t => t.Factor * values[t.Column]));
        foreach (var i in Enumerable.Range(0, Layout.Rates.Flows.Length).Where(i => IsInside(Layout.Rates.Flows[i])))
        {
            foreach (var tier in pools.Tiers)
            {
                parts[(i, null, tier, tier)] = 1;
            }
        }

        return parts;
    }

    private bool IsInside(FlowRate flow) => pools.PlacedWith(flow.From) == pools.PlacedWith(flow.To);

    private IEnumerable<Tier> TiersOf(OperatorId op) => pools.Tiers.Where(t => shareIn(op, t) is not { IsConstant: true, Constant: 0 });

    private void AddAlike(int i)
    {
        var flow = Layout.Rates.Flows[i];
        var (senders, receivers) = (TiersOf(flow.From).ToList(), TiersOf(flow.To).ToList());
        if (senders.Count == 1)
        {
            receivers.ForEach(t => AddPart(i, senders[0], t, shareIn(flow.To, t)));
        }
        else if (receivers.Count == 1)
        {
            senders.ForEach(t => AddPart(i, t, receivers[0], shareIn(flow.From, t)));
        }
        else
        {
            AddLeaving(i);
            AddArriving(flow.To, [i]);
        }
    }

    private void AddPart(int i, Tier from, Tier to, Terms part)
    {
        if (!Layout.MaySend(from, to))
        {
            program.Equal(part, 0);
            return;
        }

        _parts[(i, from, to)] = part;
        var price = PriceOf(i, from, to);
        foreach (var (column, factor) in part.Items)
        {
            program.AddCost(column, price * factor);
        }

        if (part.Constant > 0 && price > 0)
        {
            program.AddColumn(price * part.Constant, 1, 1);
        }
    }

    private void AddLeaving(int i)
    {
        var flow = Layout.Rates.Flows[i];
        foreach (var from in TiersOf(flow.From))
        {
            var leaving = new Terms();
            foreach (var to in TiersOf(flow.To).Where(t => Layout.MaySend(from, t)))
            {
                var part = program.AddColumn(PriceOf(i, from, to), 0, 1);
                _parts[(i, from, to)] = new Terms().Add(part);
                leaving.Add(part);
            }

            program.Equal(leaving.Add(shareIn(flow.From, from), -1), 0);
        }
    }

    private void AddArriving(OperatorId receiver, List<int> into)
    {
        var total = into.Sum(i => Layout.Weight(Layout.Rates.Flows[i]));
        foreach (var to in TiersOf(receiver))
        {
            var arriving = new Terms().Add(shareIn(receiver, to), -1);
            foreach (var ((i, _, _), part) in _parts.Where(p => into.Contains(p.Key.Flow) && p.Key.To == to))
            {
                arriving.Add(part, Layout.Weight(Layout.Rates.Flows[i]) / total);
            }

            program.Equal(arriving, 0);
        }
    }

    private double BytesPerSecond(int i) => Layout.Rates.Flows[i].BytesPerSecond(assignment.Ways[Layout.Rates.Flows[i].From].Variant);

    private double PriceOf(int i, Tier from, Tier to) => from == to || !isPaid ? 0 : ServiceTable.NetworkPerHour(BytesPerSecond(i), Layout.Link(from, to));

    private void AddBandwidth()
    {
        foreach (var link in Layout.Problem.Catalogue.Links)
        {
            var over = _parts.Where(p => p.Key.From == link.From && p.Key.To == link.To).ToList();
            if (over.Sum(p => BytesPerSecond(p.Key.Flow)) > link.BytesPerSecond)
            {
                var carried = new Terms();
                over.ForEach(p => carried.Add(p.Value, BytesPerSecond(p.Key.Flow) / link.BytesPerSecond));
                program.AtMost(carried, 1);
            }
        }
    }

    /// <summary>Where every worker sends to every worker of the next operator and nothing goes back, either the sender is wholly in the first tier or the receiver wholly in the last.</summary>
    /// <remarks>With two tiers that makes the division between tiers, a product of shares, linear: what goes over is the difference of the shares in the last tier.</remarks>
    private void AddProportions()
    {
        if (Layout.Problem.Options.Routing != Routing.Proportional)
        {
            return;
        }

        var last = pools.Tiers[^1];
        var whollyFirst = new Dictionary<OperatorId, int>();
        var whollyLast = new Dictionary<OperatorId, int>();
        foreach (var op in pools.Operators)
        {
            var share = shareIn(op.Id, last);
            (whollyFirst[op.Id], whollyLast[op.Id]) = (program.AddColumn(0, 0, 1, isInteger: true), program.AddColumn(0, 0, 1, isInteger: true));
            program.AtMost(new Terms().Add(share).Add(whollyFirst[op.Id]), 1);
            program.AtMost(new Terms().Add(share, -1).Add(whollyLast[op.Id]), 0);
        }

        foreach (var flow in Layout.Rates.Flows.Where(f => !IsInside(f)))
        {
            program.AtLeast(new Terms().Add(whollyFirst[pools.PlacedWith(flow.From)]).Add(whollyLast[pools.PlacedWith(flow.To)]), 1);
        }
    }
}
