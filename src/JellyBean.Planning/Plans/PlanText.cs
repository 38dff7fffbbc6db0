using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using JellyBean.Planning.Infrastructure;
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
        Line(text, "cost", plan.Cost.Currency, ("compute-per-hour", Number(plan.Cost.ComputePerHour)), ("network-per-hour", Number(plan.Cost.NetworkPerHour)));
        foreach (var source in plan.Sources)
        {
            Line(text, "source", source.Source.Value, ("input", source.Input.Value), ("worker", source.Worker.Value), ("rate", Number(source.Rate)));
        }

        foreach (var placement in plan.Placements)
        {
            Line(text, "operator", placement.Operator.Value, ("variant", placement.Variant), ("batch", Number(placement.BatchSize)));
            foreach (var instance in placement.Instances)
            {
                text.Append("  ");
                Line(text, "on", instance.Worker.Value, ("parallelism", Number(instance.Parallelism)), ("share", Number(instance.Share)));
            }
        }

        foreach (var route in plan.Routes)
        {
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

        foreach (var output in plan.Outputs)
        {
            Line(
                text,
                "output",
                output.Output.Value,
                ("rate", Number(output.Rate)),
                ("p99-ms", Number(output.P99Ms)),
                ("metric", output.Metric),
                ("accuracy", output.Accuracy is { } accuracy ? Number(accuracy) : null));
        }

        foreach (var worker in plan.Workers)
        {
            Line(text, "worker", worker.Worker.Value, ("utilisation", Number(worker.Utilisation)), ("memory-bytes", Number(worker.MemoryBytes)));
        }

        return text.ToString();
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FormatException">The text is no plan; the message names the line, what was found and what was expected.</exception>
    public static Plan Parse(string text)
    {
        var plan = default(PlanLine);
        var cost = default(PlanCost);
        var sources = ImmutableArray.CreateBuilder<PlannedSource>();
        var placements = ImmutableArray.CreateBuilder<Placement>();
        var routes = ImmutableArray.CreateBuilder<PlannedRoute>();
        var outputs = ImmutableArray.CreateBuilder<OutputPrediction>();
        var workers = ImmutableArray.CreateBuilder<WorkerPrediction>();
        foreach (var line in PlanLine.Read(text))
        {
            switch (line.Word)
            {
                case "plan":
                    plan = line;
                    line.Expect("version", Version);
                    break;
                case "cost":
                    cost = new PlanCost { Currency = line.Subject, ComputePerHour = line.Double("compute-per-hour"), NetworkPerHour = line.Double("network-per-hour") };
                    break;
                case "source":
                    sources.Add(new PlannedSource { Source = new SourceId(line.Subject), Input = new OperatorId(line.Text("input")), Worker = new WorkerId(line.Text("worker")), Rate = line.Double("rate") });
                    break;
                case "operator":
                    placements.Add(new Placement { Operator = new OperatorId(line.Subject), Variant = line.Optional("variant"), BatchSize = line.Int("batch"), Instances = [] });
                    break;
                case "on" when placements.Count > 0:
                    var instance = new Instance { Worker = new WorkerId(line.Subject), Parallelism = line.Int("parallelism"), Share = line.Double("share") };
                    placements[^1] = placements[^1] with { Instances = placements[^1].Instances.Add(instance) };
                    break;
                case "route":
                    routes.Add(Route(line));
                    break;
                case "output":
                    outputs.Add(Output(line));
                    break;
                case "worker":
                    workers.Add(new WorkerPrediction { Worker = new WorkerId(line.Subject), Utilisation = line.Double("utilisation"), MemoryBytes = line.Long("memory-bytes") });
                    break;
                default:
                    throw line.Error($"begins with '{line.Word}'; expected: plan, cost, source, operator, on (after an operator), route, output or worker");
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
            Sources = sources.ToImmutable(),
            Placements = placements.ToImmutable(),
            Routes = routes.ToImmutable(),
            Outputs = outputs.ToImmutable(),
            Workers = workers.ToImmutable(),
        };
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
        P99Ms = line.Double("p99-ms"),
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
}
