using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Compilation;

/// <summary>Under which names state is handed from plan to plan, and which workers have it: operators that hold something where all is settled, and sources.</summary>
internal static class StateKeys
{
    public static string Of(OperatorId op) => op.Value;

    public static string Of(SourceId source) => source.Value;

    /// <summary>Whether an operator's stages, the merges behind them included, may hold something when a barrier has passed them.</summary>
    public static bool Holds(Operator op) => op is ProcessOperator or WindowOperator or JoinOperator or MergeOperator or OutputOperator;

    /// <summary>Whether what an operator remembers of a key must be in one place.</summary>
    public static bool IsWholeByKey(Operator op) => op is ProcessOperator or WindowOperator or JoinOperator;

    /// <summary>All that a plan has.</summary>
    public static IReadOnlyList<(string Key, WorkerId Worker)> Of(Workflow workflow, Plan plan) =>
    [
        .. plan.Sources.Select(s => (Of(s.Source), s.Worker)),
        .. workflow.Operators.Where(Holds).SelectMany(op => plan[op.Id].Instances.Select(i => (Of(op.Id), i.Worker))),
    ];
}
