using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>Spare machines: for each that may fail, everything once more on the rest of the machines that are paid, with the same ways.</content>
internal sealed partial class PlanModel
{
    private void AddSpares()
    {
        var plan = (_present, _share, _read, _flow);
        foreach (var worker in MayFail())
        {
            // Where the machine is not used at all, the plan itself is the fallback: nothing has to be said about that.
            (_present, _share, _read, _flow) = ([], [], [], []);
            _missing = worker;
            AddPlacementsAndFlows();
        }

        _missing = null;
        (_present, _share, _read, _flow) = plan;
    }

    /// <summary>The machines of tiers that ask for a spare. Of machines in a row that can stand in for each other the first, as the others are only used where it is.</summary>
    private IEnumerable<Worker> MayFail() => _layout.Workers.Where((w, i) => !_layout.Types[w.Id].IsSourceOnly
        && _layout.Problem.Options.SpareTiers.Contains(_layout.TierOf(w.Id))
        && (i == 0 || !_layout.AreAlike(_layout.Workers[i - 1], w)));

    /// <summary>The workers that an operator may be on, as long as they are there. What is read on a missing machine may come to any of its tier.</summary>
    private IEnumerable<Worker> WorkersOf(OperatorId op)
    {
        var allowed = _layout.Problem.Workflow[op] is InputOperator && _missing is not null
            ? _layout.Workers.Where(w => _layout.Sources.Any(s => s.Input == op && WorkersOf(s).Contains(w)))
            : _layout.WorkersOf(op);
        return allowed.Where(w => w.Id != _missing?.Id);
    }

    private IEnumerable<Worker> WorkersOf(Planning.SourceDemand source) =>
        _layout.WorkersOf(_missing is { } missing && source.Worker == missing.Id ? source with { Worker = null } : source).Where(w => w.Id != _missing?.Id);

    private IEnumerable<Tier> TiersOf(OperatorId op) => WorkersOf(op).Select(w => _layout.TierOf(w.Id)).Distinct().OrderBy(t => t.Name, StringComparer.Ordinal);
}
