using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Commands;

public sealed class FrontSearchTests
{
    [Theory]
    [InlineData(0.7941, 0.02310, 0.7943, 0.02314, 1)]
    [InlineData(0.7941, 0.02310, 0.8000, 0.023101, 1)]
    [InlineData(0.7941, 0.02310, 0.8000, 0.02314, 2)]
    [InlineData(0.7941, 0.02310, 0.7943, 0.02400, 2)]
    public void Front_points_that_look_alike_are_one(double small, double smallCost, double large, double largeCost, int points)
    {
        var planner = new TwoPlans(small, smallCost, large, largeCost);

        var front = FrontSearch.Find(planner.Problem, planner, _ => false, new Progress<string>(), CancellationToken.None);

        Assert.Equal(points, front.Points.Length);
        Assert.Equal((large, largeCost), (front.Points[^1].Accuracy, front.Points[^1].Plan.Cost.TotalPerHour));
    }

    /// <summary>A cheap plan, and one for what asks for more than that.</summary>
    private sealed class TwoPlans(double small, double smallCost, double large, double largeCost) : IPlanner
    {
        private static readonly OperatorId Names = new(TestProgram.Names.Name);

        public PlanningProblem Problem { get; } = new()
        {
            Workflow = TestProgram.Workflow,
            Profile = new Profile { Provenance = "made up", Machine = ThisMachine.Fingerprint, ServiceTimes = [], Outputs = [], Accuracies = [TestProgram.Row("small", small), TestProgram.Row("large", large)] },
            Catalogue = new InfrastructureCatalogue { Name = "none", Tiers = [Tier.Edge], WorkerTypes = [], Workers = [] },
            Sources = [],
        };

        public PlanningResult Plan(PlanningProblem problem)
        {
            var least = problem.Objectives.TryGetValue(Names, out var asked) ? asked.Accuracy!.Least : 0;
            return new PlanningResult { Status = PlanningStatus.Optimal, Plan = least <= small ? Of("small", small, smallCost) : Of("large", large, largeCost) };
        }

        private static Plan Of(string variant, double accuracy, double cost) => new()
        {
            Workflow = TestProgram.Workflow.Name,
            WorkflowFingerprint = TestProgram.Workflow.Fingerprint,
            Sources = [],
            Placements = [new Placement { Operator = new("namer"), Variant = variant, Instances = [] }],
            Routes = [],
            Outputs = [new OutputPrediction { Output = Names, Rate = 1, P99Ms = 1, Metric = "recall", Accuracy = accuracy }],
            Cost = new PlanCost { ComputePerHour = cost, NetworkPerHour = 0 },
        };
    }
}
