using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Costs;

/// <summary>What latencies of plans are made of.</summary>
public sealed class LatencyTests
{
    /// <summary>0.4 of a core: constant runs, so that their longest is their mean.</summary>
    private static readonly PlanningProblem Single = OneStep.Problem(40, 1, (1, 10));

    [Fact]
    public void One_stage_waits_behind_a_hundredth_tail_then_runs()
    {
        var plan = OneStep.Plan(Single);

        Assert.Equal((Math.Log(100) * QueueTail.DecayAt(0.4) * 2 * 10) + 10, plan.Outputs[0].P99Ms, 9);
    }

    [Fact]
    public void Burstier_arrivals_and_spread_runs_wait_longer()
    {
        var measured = Single with
        {
            Profile = Single.Profile with
            {
                ServiceTimes = [Single.Profile.ServiceTimes[0] with { Distribution = new ServiceDistribution { Count = 100, MedianMs = 9, P90Ms = 15, P99Ms = 30, Variance = 25 } }],
            },
        };

        Assert.True(P99(measured) > P99(Single) + 25, "the own run is of the measured p99 at least, and others spread, too");
        Assert.True(P99(Single with { Options = Single.Options with { Burstiness = 4 } }) > P99(Single));

        static double P99(PlanningProblem problem) => OneStep.Plan(problem).Outputs[0].P99Ms;
    }

    [Fact]
    public void Worker_that_is_busy_nearly_all_the_time_has_no_bound_and_its_plan_reads_back()
    {
        var problem = OneStep.Problem(97, 1, (1, 10));

        var plan = OneStep.Plan(problem);

        Assert.Equal(double.PositiveInfinity, plan.Outputs[0].P99Ms);
        Assert.Empty(PlanCheck.Violations(plan, problem));
        Assert.Equal(plan, PlanText.Parse(PlanText.Write(plan)));
        Assert.Contains("without bound", PlanTable.Draw(plan, problem), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_of_k_stages_may_be_late_for_a_kth_of_a_hundredth_and_with_parts_for_less()
    {
        var problem = Tracking.Problem;
        var rates = WorkflowRates.Of(problem);

        var table = new LatencyTable(problem, rates, new ServiceTable(problem, rates));

        // Detector, parts, embedder, regroup and tracker take time; an element has three parts on average.
        Assert.Equal(Math.Log(5 / 0.01), table.TailOf(new("detector")), 9);
        Assert.Equal(Math.Log(5 * 3 / 0.01), table.TailOf(new("embedder")), 9);
    }

    [Fact]
    public void Join_waits_for_the_next_element_of_its_slowest_source()
    {
        var problem = Questions.At(2);
        var rates = WorkflowRates.Of(problem);

        var table = new LatencyTable(problem, rates, new ServiceTable(problem, rates));

        Assert.Equal(problem.Options.Burstiness * 500 * table.TailOf(new("request")), table.EventTimeMs(problem.Workflow[new OperatorId("request")]), 9);
        Assert.Equal(0, table.EventTimeMs(problem.Workflow[new OperatorId("look")]));
        Assert.True(Questions.Spread(Questions.At(1)).Outputs[0].P99Ms > Questions.Spread(problem).Outputs[0].P99Ms + 1000);
    }

    [Fact]
    public void Join_counts_the_later_of_its_inputs_only()
    {
        var problem = Questions.At(2);
        var quickEars = problem with { Profile = problem.Profile with { ServiceTimes = [.. problem.Profile.ServiceTimes.Select(t => t.Operator.Value == "listen" ? t with { ServiceMs = 1 } : t)] } };
        var slowEyes = problem with { Profile = problem.Profile with { ServiceTimes = [.. problem.Profile.ServiceTimes.Select(t => t.Operator.Value == "look" ? t with { ServiceMs = 40 } : t)] } };

        // Looking takes longer than listening, on machines of their own.
        Assert.Equal(Apart(problem), Apart(quickEars), 9);
        Assert.True(Apart(slowEyes) > Apart(problem));

        static double Apart(PlanningProblem p) => new SpreadPlan(p).On("edge", "pictures", "sounds").On("cloud-2", "request", "answers")
            .On("look", "only", 1, ("cloud-1", 1, 1)).On("listen", "only", 1, ("edge", 1, 1)).On("answer", "only", 1, ("cloud-2", 1, 1)).Build().Outputs[0].P99Ms;
    }

    [Fact]
    public void Element_that_comes_evenly_waits_only_for_those_of_other_sources_at_its_moment()
    {
        var problem = Single with { Options = Single.Options with { Burstiness = 0 } };
        var twice = problem with { Sources = [.. new[] { "a", "b" }.Select(name => problem.Sources[0] with { Source = SourceId.Of(problem.Sources[0].Input.Value, name), Rate = problem.Sources[0].Rate / 2 })] };

        Assert.Equal(10, OneStep.Plan(problem).Outputs[0].P99Ms, 9);
        Assert.Equal(20, OneStep.Plan(twice).Outputs[0].P99Ms, 9);
    }

    [Fact]
    public void Batch_that_has_begun_is_waited_for()
    {
        var problem = OneStep.Problem(1, 1, (1, 10), (8, 40)) with { Options = new PlanningOptions { Burstiness = 1 } };

        var tail = (Math.Log(100) * QueueTail.DecayAt(0.1) * 40 / 8) + 40 + 40;
        Assert.Equal(tail, OneStep.Plan(problem, batch: 8).Outputs[0].P99Ms, 9);
    }

    [Fact]
    public void Other_operator_on_the_same_cores_takes_as_much_as_the_element_itself_or_as_it_has_to_do()
    {
        var problem = Tracking.Problem;
        var rates = WorkflowRates.Of(problem);
        var table = new LatencyTable(problem, rates, new ServiceTable(problem, rates));
        var (box, detector, tracker) = (problem.Catalogue.WorkerTypes[0], problem.Workflow[new OperatorId("detector")], problem.Workflow[new OperatorId("tracker")]);

        // On the box of half the speed the tracker takes 2 ms; its keys are divided among both cores.
        Assert.Equal(0.5, table.TurnMs(tracker, 0.5, detector, box, 1, box.Cores), 9);
        Assert.Equal(2, table.TurnMs(detector, 100, tracker, box, 1, box.Cores), 9);
        Assert.Equal(1, table.TurnMs(detector, 100, tracker, box, 0.5, box.Cores), 9);
        Assert.Equal(0.25, table.TurnMs(tracker, 0.5, detector, box, 1, 4), 9);
    }

    [Fact]
    public void Other_operator_that_even_elements_pass_anyway_is_waited_for_there()
    {
        var problem = Questions.At(2) with { Options = new PlanningOptions { Burstiness = 0 } };
        var rates = WorkflowRates.Of(problem);
        var table = new LatencyTable(problem, rates, new ServiceTable(problem, rates));
        var (look, listen, answer, type) = (problem.Workflow[new OperatorId("look")], problem.Workflow[new OperatorId("listen")], problem.Workflow[new OperatorId("answer")], problem.Catalogue.WorkerTypes[^1]);

        Assert.Equal(0, table.TurnMs(look, 100, answer, type, 1, 1));
        Assert.Equal(0, table.TurnMs(listen, 100, answer, type, 1, 1));
        Assert.True(table.TurnMs(look, 100, listen, type, 1, 1) > 0);
    }

    [Fact]
    public void Shared_worker_adds_turns_of_the_others()
    {
        var problem = Questions.At(2);

        // Listening is not on the slower way, but where it shares the worker of looking, looking takes longer.
        Assert.InRange(With("cloud-1") - With("edge"), 1, 20);

        double With(string listens) => new SpreadPlan(problem).On("edge", "pictures", "sounds").On("cloud-2", "request", "answers")
            .On("look", "only", 1, ("cloud-1", 1, 1)).On("listen", "only", 1, (listens, 1, 1)).On("answer", "only", 1, ("cloud-2", 1, 1)).Build().Outputs[0].P99Ms;
    }

    [Fact]
    public void Co_running_times_count_as_far_as_neighbours_are_busy_and_only_where_there_are_any()
    {
        var beside = new CoRunningTime
        {
            Operator = new("server"),
            Variant = "only",
            BatchSize = 1,
            Beside = new VariantChoice(new("server"), "only"),
            BusyCores = 1,
            ServiceMs = 15,
            Distribution = new ServiceDistribution { Count = 100, MedianMs = 15, P90Ms = 15, P99Ms = 15, Variance = 0 },
        };

        Assert.Equal(10, RunMs(cores: 1, load: 1));
        Assert.Equal(10, RunMs(cores: 2, load: 0));
        Assert.Equal(12.5, RunMs(cores: 2, load: 0.5)!.Value, 9);
        Assert.Equal(14, RunMs(cores: 2, load: null)!.Value, 9);

        double? RunMs(double cores, double? load)
        {
            var alone = OneStep.Problem(10, cores, (1, 10));
            var problem = alone with { Profile = alone.Profile with { CoRunningTimes = [beside] }, Options = new PlanningOptions { UtilisationCap = 0.8, NeighbourLoad = load } };
            return new ServiceTable(problem, WorkflowRates.Of(problem)).RunMs(problem.Workflow[new OperatorId("server")], new Way("only", 1), problem.Catalogue.WorkerTypes[0]);
        }
    }
}
