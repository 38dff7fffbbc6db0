using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Compilation;

/// <summary>Tells, for each operator on each worker, which sources' elements may come there under a plan: merges wait for these and no others.</summary>
internal sealed class SourceReach
{
    private readonly Dictionary<(OperatorId Operator, WorkerId Worker), ImmutableHashSet<SourceId>> _reach = [];

    public SourceReach(Workflow workflow, Plan plan)
    {
        foreach (var source in plan.Sources)
        {
            Add(source.Input, source.Worker, [source.Source]);
        }

        // Operators come after those they take elements from, so one pass is enough.
        foreach (var op in workflow.Operators)
        {
            foreach (var route in plan.Routes.Where(r => r.To == op.Id))
            {
                Add(op.Id, route.ToWorker, Of(route.From, route.FromWorker));
            }
        }
    }

    /// <summary>The sources whose elements an operator on a worker may see.</summary>
    public ImmutableHashSet<SourceId> Of(OperatorId op, WorkerId worker) => _reach.GetValueOrDefault((op, worker), []);

    private void Add(OperatorId op, WorkerId worker, ImmutableHashSet<SourceId> sources) => _reach[(op, worker)] = Of(op, worker).Union(sources);
}
