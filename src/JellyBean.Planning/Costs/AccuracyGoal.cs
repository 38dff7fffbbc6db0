using System.Collections.Immutable;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Costs;

/// <summary>The outputs that ask for accuracy, and what it means to be more accurate on all of them together.</summary>
/// <remarks>
/// Metrics differ in unit and range, so that each output counts by how far it is on the way from its floor (0) to the best that was measured for it (1). Of two assignments the one whose
/// least advanced output is further is more accurate; where those are alike, the one whose first output that differs, by id, is further.
/// </remarks>
public sealed class AccuracyGoal
{
    private AccuracyGoal(ImmutableArray<FlooredOutput> outputs) => Outputs = outputs;

    /// <summary>The outputs with a floor, by id.</summary>
    public ImmutableArray<FlooredOutput> Outputs { get; }

    /// <summary>The goal of a problem.</summary>
    public static AccuracyGoal Of(PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return new AccuracyGoal([.. problem.Workflow.Operators.OfType<OutputOperator>().OrderBy(o => o.Id)
            .Select(o => (o.Id, Floor: problem.ObjectivesOf(o).Accuracy)).Where(o => o.Floor is not null)
            .Select(o => new FlooredOutput(o.Id, o.Floor!, AccuracyTable.Of(problem, o.Id, o.Floor!.Metric)))]);
    }

    /// <summary>What an assignment reaches, by output; null where one of them is below its floor or not measured.</summary>
    /// <param name="variantOf">The variant of an operator.</param>
    public ImmutableArray<double>? ValuesOf(Func<OperatorId, string?> variantOf)
    {
        var values = ImmutableArray.CreateBuilder<double>(Outputs.Length);
        foreach (var output in Outputs)
        {
            if (output.Table.ValueOf(variantOf) is not { } value || !(value >= output.Floor.Least))
            {
                return null;
            }

            values.Add(value);
        }

        return values.DrainToImmutable();
    }

    /// <summary>Above 0 where the first values, one for each output, are more accurate together than the second.</summary>
    public int Compare(ImmutableArray<double> first, ImmutableArray<double> second)
    {
        var (a, b) = (Parts(first), Parts(second));
        var least = a.DefaultIfEmpty(1).Min().CompareTo(b.DefaultIfEmpty(1).Min());
        return least != 0 ? least : a.Zip(b, (x, y) => x.CompareTo(y)).FirstOrDefault(c => c != 0);
    }

    private List<double> Parts(ImmutableArray<double> values) => [.. Outputs.Zip(values, (output, value) => output.PartOf(value))];
}

/// <summary>An output that asks for accuracy.</summary>
/// <param name="Output">The output.</param>
/// <param name="Floor">What it asks for.</param>
/// <param name="Table">What was measured for it.</param>
public sealed record FlooredOutput(OperatorId Output, AccuracyFloor Floor, AccuracyTable Table)
{
    /// <summary>Where a value is on the way from the floor to the best measured: 0 to 1.</summary>
    public double PartOf(double value)
    {
        var best = Table.Rows.IsEmpty ? Floor.Least : Table.Rows[0].Value;
        return best > Floor.Least ? (value - Floor.Least) / (best - Floor.Least) : 1;
    }
}
