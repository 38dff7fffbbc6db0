using Google.OrTools.LinearSolver;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <content>Which way each operator runs, on which workers, with which share.</content>
internal sealed partial class PlanModel
{
    private void AddWays()
    {
        foreach (var op in _layout.Operators)
        {
            var ways = _layout.WaysOf(op.Id);
            foreach (var way in ways)
            {
                _chosen[(op.Id, way)] = Bool($"way {op.Id} {way.Variant} {way.BatchSize}");
            }

            _solver.Add(Sum(ways.Select(w => _chosen[(op.Id, w)] * 1)) == 1);
        }
    }

    private void AddPlacements()
    {
        foreach (var op in _layout.Operators)
        {
            var ways = _layout.WaysOf(op.Id);
            var workers = WorkersOf(op.Id);
            foreach (var worker in workers)
            {
                var present = _present[(op.Id, worker.Id)] = Bool($"present {op.Id} {worker.Id}");
                _solver.Add(present <= _used[worker.Id]);
                foreach (var way in ways.Where(w => _layout.Services.RunMs(op, w, _layout.Types[worker.Id]) is not null))
                {
                    _share[(op.Id, way, worker.Id)] = Between0And1($"share {op.Id} {way.Variant} {way.BatchSize} {worker.Id}");
                }

                _solver.Add(ShareOn(op.Id, worker.Id) <= present);
            }

            foreach (var way in ways)
            {
                _solver.Add(Sum(workers.Where(w => _share.ContainsKey((op.Id, way, w.Id))).Select(w => _share[(op.Id, way, w.Id)] * 1)) == _chosen[(op.Id, way)]);
            }

            if (ServiceTable.IsWhole(op, _layout.Problem.Options))
            {
                _solver.Add(Sum(workers.Select(w => _present[(op.Id, w.Id)] * 1)) == 1);
            }
        }
    }

    private LinearExpr ShareOn(OperatorId op, WorkerId worker, Func<Way, bool>? counts = null) =>
        Sum(_layout.WaysOf(op).Where(w => _share.ContainsKey((op, w, worker)) && counts?.Invoke(w) is not false).Select(w => _share[(op, w, worker)] * 1));

    private LinearExpr ShareIn(OperatorId op, Tier tier, Func<Way, bool>? counts = null) =>
        Sum(WorkersOf(op).Where(w => _layout.TierOf(w.Id) == tier).Select(w => ShareOn(op, w.Id, counts)));

    private void AddSources()
    {
        foreach (var source in _layout.Sources)
        {
            var workers = WorkersOf(source).ToList();
            foreach (var worker in workers)
            {
                _read[(source.Source, worker.Id)] = Bool($"read {source.Source} {worker.Id}");
            }

            _solver.Add(Sum(workers.Select(w => _read[(source.Source, w.Id)] * 1)) == 1);
        }

        foreach (var input in _layout.Operators.OfType<InputOperator>())
        {
            var sources = _layout.Sources.Where(s => s.Input == input.Id).ToList();
            foreach (var worker in WorkersOf(input.Id))
            {
                var reads = sources.Where(s => _read.ContainsKey((s.Source, worker.Id)))
                    .Select(s => _read[(s.Source, worker.Id)] * Fraction(s.Rate, _layout.Rates.Taken(input.Id)));
                _solver.Add(ShareOn(input.Id, worker.Id) == Sum(reads));
            }
        }
    }
}
