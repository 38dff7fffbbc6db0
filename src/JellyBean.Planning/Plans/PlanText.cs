using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Spares;
using JellyBean.Workflows;

namespace JellyBean.Planning.Plans;

/// <summary>A plan as readable lines that read back as the same plan.</summary>
/// <remarks>Each line is a word, its subject and <c>key=value</c> pairs. Blank lines and lines that begin with <c>#</c> mean nothing. Numbers are written so that they lose nothing.</remarks>
public static class PlanText
{
    private const string Version = "1";

    /// <summary>Writes a plan.</summary>
    public static string Write(Plan plan)
    {
        var text = new StringBuilder();
        Line(text, "plan", plan.Workflow, ("version", Version), ("fingerprint", plan.WorkflowFingerprint), ("epoch", Number(plan.Epoch)));
        Line(text, "cost", plan.Cost.Currency, ("compute-per-hour", Number(plan.Cost.ComputePerHour)), ("owned-per-hour", Number(plan.Cost.OwnedPerHour)), ("network-per-hour", Number(plan.Cost.NetworkPerHour)));
        WriteBody(text, "", plan.Sources, plan.Placements, plan.Routes);
        foreach (var output in plan.Outputs)
        {
            Line(
                text,
                "output",
                output.Output.Value,
                ("rate", Number(output.Rate)),
                ("p99-ms", Number(output.P99Ms)),
                ("most-p99-ms", output.MostP99Ms is { } most ? Number(most) : null),
                ("metric", output.Metric),
                ("accuracy", output.Accuracy is { } accuracy ? Number(accuracy) : null));
        }

        foreach (var worker in plan.Workers)
        {
            Line(text, "worker", worker.Worker.Value, ("utilisation", Number(worker.Utilisation)), ("memory-bytes", Number(worker.MemoryBytes)), ("price-per-hour", worker.PricePerHour is { } price ? Number(price) : null), ("owned", worker.IsOwned ? "yes" : null));
        }

        foreach (var worker in plan.Standby)
        {
            Line(text, "standby", worker.Value);
        }

        foreach (var (rung, number) in plan.Ladder.Select((r, i) => (r, i + 1)))
        {
            Line(text, "rung", Number(number), ("capacity", Number(rung.Capacity)), ("cores", Number(rung.Cores)));
            foreach (var way in rung.Ways)
            {
                text.Append("  ");
                Line(text, "runs", way.Operator.Value, ("variant", way.Variant), ("batch", Number(way.BatchSize)));
            }

            foreach (var accuracy in rung.Accuracies)
            {
                text.Append("  ");
                Line(text, "reaches", accuracy.Output.Value, ("metric", accuracy.Metric), ("accuracy", Number(accuracy.Value)));
            }
        }

        foreach (var fallback in plan.Fallbacks)
        {
            Line(text, "without", fallback.Without.Value);
            WriteBody(text, "  ", fallback.Sources, fallback.Placements, fallback.Routes);
        }

        return text.ToString();
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FormatException">The text is no plan; the message names the line, what was found and what was expected.</exception>
    public static Plan Parse(string text)
    {
        var plan = default(PlanLine);
        var cost = default(PlanCost);
        // Sources, operators and routes are the plan's, or after a line 'without' those of the fallback that it begins.
        var bodies = new List<Body> { new(null) };
        var outputs = ImmutableArray.CreateBuilder<OutputPrediction>();
        var workers = ImmutableArray.CreateBuilder<WorkerPrediction>();
        var standby = ImmutableArray.CreateBuilder<WorkerId>();
        var ladder = ImmutableArray.CreateBuilder<LadderRung>();
        foreach (var line in PlanLine.Read(text))
        {
            switch (line.Word)
            {
                case "plan":
                    plan = line;
                    line.Expect("version", Version);
                    break;
                case "cost":
                    cost = new PlanCost { Currency = line.Subject, ComputePerHour = line.Double("compute-per-hour"), OwnedPerHour = line.Double("owned-per-hour"), NetworkPerHour = line.Double("network-per-hour") };
                    break;
                case "source":
                    bodies[^1].Sources.Add(new PlannedSource { Source = new SourceId(line.Subject), Input = new OperatorId(line.Text("input")), Worker = new WorkerId(line.Text("worker")), Rate = line.Double("rate") });
                    break;
                case "operator":
                    bodies[^1].Placements.Add(new Placement { Operator = new OperatorId(line.Subject), Variant = line.Optional("variant"), BatchSize = line.Int("batch"), Instances = [] });
                    break;
                case "on" when bodies[^1].Placements.Count > 0:
                    var instance = new Instance { Worker = new WorkerId(line.Subject), Parallelism = line.Int("parallelism"), Share = line.Double("share") };
                    bodies[^1].Placements[^1] = bodies[^1].Placements[^1] with { Instances = bodies[^1].Placements[^1].Instances.Add(instance) };
                    break;
                case "route":
                    bodies[^1].Routes.Add(Route(line));
                    break;
                case "output":
                    outputs.Add(Output(line));
                    break;
                case "worker":
                    workers.Add(new WorkerPrediction { Worker = new WorkerId(line.Subject), Utilisation = line.Double("utilisation"), MemoryBytes = line.Long("memory-bytes"), PricePerHour = line.Optional("price-per-hour") is null ? null : line.Double("price-per-hour"), IsOwned = line.Optional("owned") is not null });
                    break;
                case "standby":
                    standby.Add(new WorkerId(line.Subject));
                    break;
                case "without":
                    bodies.Add(new Body(new WorkerId(line.Subject)));
                    break;
                case "rung":
                    ladder.Add(new LadderRung { Capacity = line.Double("capacity"), Cores = line.Double("cores"), Ways = [], Accuracies = [] });
                    break;
                case "runs" when ladder.Count > 0:
                    ladder[^1] = ladder[^1] with { Ways = ladder[^1].Ways.Add(new RungWay(new OperatorId(line.Subject), line.Text("variant"), line.Int("batch"))) };
                    break;
                case "reaches" when ladder.Count > 0:
                    ladder[^1] = ladder[^1] with { Accuracies = ladder[^1].Accuracies.Add(new RungAccuracy(new OperatorId(line.Subject), line.Text("metric"), line.Double("accuracy"))) };
                    break;
                default:
                    throw line.Error($"begins with '{line.Word}'; expected: plan, cost, source, operator, on (after an operator), route, output, worker, standby, rung, runs or reaches (after a rung), or without");
            }
        }

        if (plan is null || cost is null)
        {
            throw new FormatException($"The plan has no line that begins with '{(plan is null ? "plan" : "cost")}'.");
        }

        return new Plan
        {
            Epoch = plan.Long("epoch"),
            Workflow = plan.Subject,
            WorkflowFingerprint = plan.Text("fingerprint"),
            Cost = cost,
            Sources = bodies[0].Sources.ToImmutable(),
            Placements = bodies[0].Placements.ToImmutable(),
            Routes = bodies[0].Routes.ToImmutable(),
            Outputs = outputs.ToImmutable(),
            Workers = workers.ToImmutable(),
            Ladder = ladder.ToImmutable(),
            Standby = standby.ToImmutable(),
            Fallbacks = [.. bodies.Skip(1).Select(b => new Fallback { Without = b.Without!.Value, Sources = b.Sources.ToImmutable(), Placements = b.Placements.ToImmutable(), Routes = b.Routes.ToImmutable() })],
        };
    }

    private static void WriteBody(StringBuilder text, string indent, ImmutableArray<PlannedSource> sources, ImmutableArray<Placement> placements, ImmutableArray<PlannedRoute> routes)
    {
        foreach (var source in sources)
        {
            text.Append(indent);
            Line(text, "source", source.Source.Value, ("input", source.Input.Value), ("worker", source.Worker.Value), ("rate", Number(source.Rate)));
        }

        foreach (var placement in placements)
        {
            text.Append(indent);
            Line(text, "operator", placement.Operator.Value, ("variant", placement.Variant), ("batch", Number(placement.BatchSize)));
            foreach (var instance in placement.Instances)
            {
                text.Append(indent).Append("  ");
                Line(text, "on", instance.Worker.Value, ("parallelism", Number(instance.Parallelism)), ("share", Number(instance.Share)));
            }
        }

        foreach (var route in routes)
        {
            text.Append(indent);
            Line(
                text,
                "route",
                route.From.Value,
                ("to", route.To.Value),
                ("input", Number(route.InputIndex)),
                ("from-worker", route.FromWorker.Value),
                ("to-worker", route.ToWorker.Value),
                ("rate", Number(route.Rate)),
                ("bytes-per-second", Number(route.BytesPerSecond)));
        }
    }

    private static PlannedRoute Route(PlanLine line) => new()
    {
        From = new OperatorId(line.Subject),
        To = new OperatorId(line.Text("to")),
        InputIndex = line.Int("input"),
        FromWorker = new WorkerId(line.Text("from-worker")),
        ToWorker = new WorkerId(line.Text("to-worker")),
        Rate = line.Double("rate"),
        BytesPerSecond = line.Double("bytes-per-second"),
    };

    private static OutputPrediction Output(PlanLine line) => new()
    {
        Output = new OperatorId(line.Subject),
        Rate = line.Double("rate"),
        P99Ms = line.Bound("p99-ms"),
        MostP99Ms = line.Optional("most-p99-ms") is null ? null : line.Double("most-p99-ms"),
        Metric = line.Optional("metric"),
        Accuracy = line.Optional("accuracy") is null ? null : line.Double("accuracy"),
    };

    private static void Line(StringBuilder text, string word, string subject, params ReadOnlySpan<(string Key, string? Value)> pairs)
    {
        text.Append(word).Append(' ').Append(PlanLine.Escape(subject));
        foreach (var (key, value) in pairs)
        {
            if (value is not null)
            {
                text.Append(' ').Append(key).Append('=').Append(PlanLine.Escape(value));
            }
        }

        text.Append('\n');
    }

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private sealed record Body(WorkerId? Without)
    {
        public ImmutableArray<PlannedSource>.Builder Sources { get; } = ImmutableArray.CreateBuilder<PlannedSource>();

        public ImmutableArray<Placement>.Builder Placements { get; } = ImmutableArray.CreateBuilder<Placement>();

        public ImmutableArray<PlannedRoute>.Builder Routes { get; } = ImmutableArray.CreateBuilder<PlannedRoute>();
    }
}
