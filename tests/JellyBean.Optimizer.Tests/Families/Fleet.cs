using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests.Families;

/// <summary>Made-up problems of any size: models in chains that branch and are joined again, machines of many types in four tiers, measured accuracies of whole assignments.</summary>
/// <param name="Workers">Machines, evenly of each type.</param>
/// <param name="Types">Types of machines, evenly in each tier.</param>
/// <param name="Operators">Models.</param>
/// <param name="Variants">Variants of each model.</param>
internal sealed record Fleet(int Workers, int Types, int Operators, int Variants)
{
    /// <summary>Assignments of variants whose accuracy was measured.</summary>
    private const int Measured = 40;

    private static readonly ImmutableArray<Tier> Tiers = [new("device"), Tier.Edge, new("regional"), Tier.Cloud];

    /// <summary>One of the family.</summary>
    public PlanningProblem Problem(int seed)
    {
        var random = new Random(seed);
        var shape = Enumerable.Range(0, Operators).Select(i => i == 0 ? -1 : random.Next(Math.Max(0, i - 3), i)).ToArray();
        var types = Enumerable.Range(0, Types).Select(i => TypeOf(i, random)).ToImmutableArray();
        var weights = Enumerable.Range(0, Operators).Select(_ => Between(random, 2, 40)).ToArray();
        return new PlanningProblem
        {
            Workflow = WorkflowOf(shape),
            Profile = ProfileOf(random, shape, types, weights),
            Catalogue = new InfrastructureCatalogue
            {
                Name = $"fleet-{seed}",
                Tiers = Tiers,
                WorkerTypes = [new WorkerType { Id = new("gateway"), Tier = Tiers[0], PricePerHour = 0, Cores = 1, MemoryBytes = 1, IsSourceOnly = true }, .. types],
                Workers = [new Worker { Id = new("sources"), Type = new("gateway") }, .. types.SelectMany((t, i) => Worker.Several($"m{i:00}", t.Id, (Workers / Types) + (i < Workers % Types ? 1 : 0)))],
                Links = [.. Tiers.SelectMany(a => Tiers.Where(b => b != a).Select(b => Link(a, b)))],
            },
            // On average half of the machines are busy with the middle variants.
            Sources = [new SourceDemand { Source = SourceId.Of("frames", "all"), Input = new("frames"), Tier = Tiers[0], Worker = new("sources"), Rate = types.Sum(t => t.Cores * t.SpeedFactor) / Types * Workers * 400 / (weights.Sum() * 1.6) }],
            Objectives = ImmutableSortedDictionary<OperatorId, Objectives>.Empty.Add(new("answers"), new Objectives { Accuracy = new AccuracyFloor("accuracy", 0.7) }),
            Options = PlanningModes.All with { UtilisationCap = 0.8 },
        };
    }

    private Workflow WorkflowOf(int[] shape) => Workflow.Define("fleet", w =>
    {
        var frames = w.From(new Input<string>("frames") { Tier = Tiers[0] });
        var flows = new List<Flow<string>>();
        for (var i = 0; i < Operators; i++)
        {
            var model = Model.Define($"op{i:00}", Enumerable.Range(0, Variants).Select(v => new FakeVariant($"v{v}")));
            flows.Add((shape[i] < 0 ? frames : flows[shape[i]]).Infer(model, (element, answer) => element));
        }

        var ends = Ends(shape).Select(i => flows[i]).ToList();
        var joined = ends[0];
        for (var i = 1; i < ends.Count; i++)
        {
            joined = joined.KeyBy(e => e).JoinWithin($"join{i:00}", ends[i].KeyBy(e => e), TimeSpan.FromSeconds(1), match: (a, b) => true, result: (a, b) => a);
        }

        joined.To(new Output<string>("answers"));
    });

    private Profile ProfileOf(Random random, int[] shape, ImmutableArray<WorkerType> types, double[] weights)
    {
        var joins = Ends(shape).Count() - 1;
        var times = from op in Enumerable.Range(0, Operators)
                    from variant in Enumerable.Range(0, Variants)
                    from type in types
                    let ms = weights[op] * Math.Pow(1.6, variant - 1) / type.SpeedFactor * Between(random, 0.7, 1.4)
                    select new ServiceTime { Operator = new($"op{op:00}"), Variant = $"v{variant}", WorkerType = type.Id, ServiceMs = ms };
        return new Profile
        {
            Provenance = "made up",
            Machine = new MachineFingerprint { Processor = "p", Cores = 1, System = "s", Runtime = "r" },
            ServiceTimes = [.. times, .. Enumerable.Range(1, joins).Select(i => new ServiceTime { Operator = new($"join{i:00}"), ServiceMs = 0 })],
            Footprints = [.. from op in Enumerable.Range(0, Operators) from variant in Enumerable.Range(0, Variants) select new Footprint { Operator = new($"op{op:00}"), Variant = $"v{variant}", MemoryBytes = 0 }],
            Outputs =
            [
                new OutputProfile { Operator = new("frames"), MessageBytes = 200_000 },
                .. Enumerable.Range(0, Operators).Select(i => new OutputProfile { Operator = new($"op{i:00}"), MessageBytes = Between(random, 500, 60_000) }),
                .. Enumerable.Range(1, joins).Select(i => new OutputProfile { Operator = new($"join{i:00}"), ResultsPerElement = 0.5, MessageBytes = 1_000 }),
            ],
            Accuracies = [.. Enumerable.Range(0, Measured).Select(_ => Accuracy(random)).DistinctBy(r => string.Join(',', r.Variants))],
        };
    }

    /// <summary>A measured assignment: better variants help, though not each of them and not always.</summary>
    private AccuracyRow Accuracy(Random random)
    {
        var chosen = Enumerable.Range(0, Operators).Select(_ => random.Next(Variants)).ToArray();
        return new AccuracyRow
        {
            Metric = "accuracy",
            Value = Math.Round(0.6 + (0.2 * chosen.Average() / (Variants - 1)) + Between(random, -0.05, 0.05), 4),
            Variants = [.. chosen.Select((v, i) => new VariantChoice(new($"op{i:00}"), $"v{v}"))],
            Provenance = "made up",
        };
    }

    private WorkerType TypeOf(int index, Random random)
    {
        var tier = index * Tiers.Length / Types;
        var (cores, speed) = (random.Next(1, 5) * (tier + 1), Between(random, 0.4, 1.2) * (1 + tier));
        return new WorkerType
        {
            Id = new($"t{index:00}"),
            Tier = Tiers[tier],
            Cores = cores,
            SpeedFactor = speed,
            MemoryBytes = 1L << 40,
            PricePerHour = Math.Round(cores * speed * Between(random, 0.02, 0.05) * (1 + (0.3 * tier)), 4),
        };
    }

    private static IEnumerable<int> Ends(int[] shape) => Enumerable.Range(0, shape.Length).Where(i => !shape.Contains(i));

    private static TierLink Link(Tier from, Tier to)
    {
        var isForward = Tiers.IndexOf(from) < Tiers.IndexOf(to);
        return new TierLink { From = from, To = to, PricePerGib = isForward ? 0.02 : 0.09, BytesPerSecond = 1e12 };
    }

    private static double Between(Random random, double least, double most) => least + (random.NextDouble() * (most - least));
}
