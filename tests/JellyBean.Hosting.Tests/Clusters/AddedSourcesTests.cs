using System.Collections.Immutable;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Tests.Clusters;

public sealed class AddedSourcesTests
{
    private static readonly SourceId Yard = new("numbers/yard");
    private readonly TestProgram.NumberFactory _factory = new();

    [Fact]
    public void Keys_are_checked_as_configured_ones_are_all_at_once()
    {
        var problems = Added().Problems(Addition(("node", "edge-9"), ("overload", "drop"), ("rate", "0"), ("skale", "1")));

        Assert.Equal(4, problems.Count);
        Assert.Contains("numbers/yard.node is 'edge-9'; allowed: edge-1, edge-2. Did you mean 'edge-1' or 'edge-2'?", problems);
        Assert.Contains(problems, p => p.StartsWith("numbers/yard.skale is unknown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Planned_with_what_was_added_at_its_rate_and_without_what_was_removed()
    {
        var request = Request() with { Added = [Addition(("node", "edge-2"))], Removed = [new SourceId("numbers/north")] };

        var problem = await Added().ApplyAsync(Problem("north", "south"), request, CancellationToken.None);

        Assert.Equal(["numbers/south", "numbers/yard"], problem.Sources.Select(s => s.Source.Value));
        Assert.Equal((5, new WorkerId("edge-2"), Tier.Edge), (problem.Sources[1].Rate, problem.Sources[1].Worker, problem.Sources[1].Tier));
    }

    [Fact]
    public async Task Source_that_takes_the_place_of_a_configured_one_is_planned_once_and_as_it_says()
    {
        var addition = new SourceAddition(new SourceId("numbers/north"), Addition(("rate", "7")).Settings);

        var problem = await Added().ApplyAsync(Problem("north"), Request() with { Added = [addition], Removed = [addition.Source] }, CancellationToken.None);

        Assert.Equal(7, Assert.Single(problem.Sources).Rate);
    }

    [Fact]
    public async Task Rate_that_nobody_knows_is_asked_for()
    {
        _factory.NominalRate = null;

        var cause = await Assert.ThrowsAsync<BadInputException>(() => Added().ApplyAsync(Problem("north"), Request() with { Added = [Addition()] }, CancellationToken.None));

        Assert.Contains("Say it, as in rate=10", Assert.Single(cause.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rate_of_what_cannot_be_read_is_asked_for_with_what_is_wrong_with_it()
    {
        _factory.NominalRate = null;
        var addition = Addition() with { Settings = ImmutableSortedDictionary<string, string>.Empty.Add("uri", "missing") };

        var cause = await Assert.ThrowsAsync<BadInputException>(() => Added().ApplyAsync(Problem("north"), Request() with { Added = [addition] }, CancellationToken.None));

        Assert.Contains("there is no file 'missing'", Assert.Single(cause.Errors), StringComparison.Ordinal);
        Assert.Contains("as in rate=10", Assert.Single(cause.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Bound_source_is_made_by_the_programs_factory_with_its_overload_policy()
    {
        var bindings = Added().Bind(new WorkflowBindings(TestProgram.Workflow), Addition(("overload", "latest-only")));

        Assert.Throws<ArgumentException>(() => bindings.With(TestProgram.Numbers, "yard", () => _factory.Create(new SourceSettings("x", "yard", new Dictionary<string, string>()))!));
        Assert.Throws<SourceException>(() => Added().Bind(new WorkflowBindings(TestProgram.Workflow), Addition(("scale", "11"))));
    }

    private AddedSources Added() => new(
        new Dictionary<OperatorId, InputRegistration> { [new OperatorId("numbers")] = new InputRegistration<TestProgram.Number>(TestProgram.Numbers, _factory, null) },
        [new WorkerId("edge-1"), new WorkerId("edge-2")]);

    private static SourceAddition Addition(params (string Key, string Value)[] settings) =>
        new(Yard, settings.Append(("uri", "numbers")).ToImmutableSortedDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal));

    private static ClusterPlanRequest Request() => new([], IsFirst: false);

    private static PlanningProblem Problem(params string[] sources) => new()
    {
        Workflow = TestProgram.Workflow,
        Profile = new Profile { Provenance = "made up", Machine = ThisMachine.Fingerprint, ServiceTimes = [], Outputs = [] },
        Catalogue = new InfrastructureCatalogue { Name = "none", Tiers = [], WorkerTypes = [], Workers = [], Links = [] },
        Sources = [.. sources.Select(s => new SourceDemand { Source = SourceId.Of("numbers", s), Input = new OperatorId("numbers"), Rate = 3, Tier = Tier.Edge })],
    };
}
