using System.Collections.Immutable;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Hocon;
using JellyBean.Hosting.Profiles;
using JellyBean.Hosting.Truths;
using JellyBean.Planning;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Hosting.Commands;

/// <summary>Goes from the command line to a plan: configuration, models, profile, planning.</summary>
internal sealed class Preparation(ProgramDefinition program, IServiceProvider services, ProfileProvider profiles, IPlanner planner)
{
    /// <summary>Reads and checks the configuration.</summary>
    /// <exception cref="BadInputException">Something is wrong with it.</exception>
    public HostConfiguration Configure(ConfigurationRequest request) => ConfigurationReader.Read(
        program, request, new HoconFiles(Path.Combine(AppContext.BaseDirectory, "hocon")), Environment.GetEnvironmentVariable);

    /// <summary>Makes the models ready, and binds the workflow to its sources: all that measuring needs.</summary>
    /// <exception cref="BadInputException">A model file is missing.</exception>
    public async Task<WorkflowBindings> BindAsync(HostConfiguration configuration, bool restore, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await CheckModelsAsync(restore, progress, cancellationToken).ConfigureAwait(false);
        return Bind(configuration, truth: null, paces: []);
    }

    /// <summary>Makes the models ready, and binds the workflow for a node: to all sources, of which it opens those that a plan gives it.</summary>
    /// <exception cref="BadInputException">A model file is missing.</exception>
    public async Task<WorkflowBindings> BindNodeAsync(HostConfiguration configuration, PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await CheckModelsAsync(request.Restore, progress, cancellationToken).ConfigureAwait(false);

        // A source that is attached to another node need not be there.
        var here = configuration with { Sources = [.. configuration.Sources.Where(s => s.Node is null || s.Node == configuration.Node.Name)] };
        var paces = request.IsPaced ? await DemandsAsync(here, cancellationToken).ConfigureAwait(false) : [];
        return Bind(configuration, truth: null, paces);
    }

    /// <summary>Plans what is configured, and the same with everything on one tier.</summary>
    public async Task<Prepared> PrepareAsync(
        HostConfiguration configuration, PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var (bindings, problem) = await ProblemAsync(configuration, request, progress, cancellationToken).ConfigureAwait(false);
        var (result, comparisons) = await SolveAsync(() => Plan(problem, planner.Until(cancellationToken)), cancellationToken).ConfigureAwait(false);
        return result.Status == PlanningStatus.Invalid
            ? throw new BadInputException(result.Reasons)
            : new Prepared(configuration, bindings, problem, result, comparisons);
    }

    /// <summary>Finds out what there is to plan: checks models, asks sources for their rates, measures where nothing was measured.</summary>
    public async Task<(WorkflowBindings Bindings, PlanningProblem Problem)> ProblemAsync(
        HostConfiguration configuration, PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await CheckModelsAsync(request.Restore, progress, cancellationToken).ConfigureAwait(false);
        var demands = await DemandsAsync(configuration, cancellationToken).ConfigureAwait(false);
        var bindings = Bind(configuration, request.Truth, request.IsPaced ? demands : []);
        var profile = await profiles.GetAsync(configuration, bindings, request.Recalibrate, progress, cancellationToken).ConfigureAwait(false);
        var problem = new PlanningProblem { Workflow = program.Workflow, Profile = profile, Catalogue = configuration.Catalogue, Sources = demands };
        return (bindings, Ask(problem, configuration));
    }

    /// <summary>What a configuration asks for on the same machines: rates that it gives, objectives, what the planner may do, the percentile of measured times.</summary>
    /// <param name="problem">With the profile as it was measured.</param>
    /// <param name="configuration">What is asked.</param>
    /// <exception cref="BadInputException">The profile lacks the percentile that is asked for, or a metric that is.</exception>
    public PlanningProblem Ask(PlanningProblem problem, HostConfiguration configuration)
    {
        var unknown = UnknownMetrics(problem, configuration).ToList();
        return unknown.Count > 0 ? throw new BadInputException(unknown) : problem with
        {
            Profile = configuration.Percentile is { } percent ? AtPercentile(problem.Profile, percent) : problem.Profile,
            Sources = [.. problem.Sources.Select(s => s with { Rate = configuration.Sources.First(c => c.Id == s.Source).Rate ?? s.Rate })],
            Objectives = configuration.Objectives,
            Options = configuration.Planning,
        };
    }

    // A metric that nobody measured is a slip of the pen where others were measured. The workflow's own is not the user's to correct: what stands against it is told by the planner.
    private IEnumerable<string> UnknownMetrics(PlanningProblem problem, HostConfiguration configuration)
    {
        var measured = problem.Profile.Accuracies.Select(a => a.Metric).ToImmutableSortedSet(StringComparer.Ordinal);
        return from output in problem.Workflow.Operators.OfType<OutputOperator>()
               let metric = configuration.Objectives.GetValueOrDefault(output.Id)?.Accuracy?.Metric
               where metric is not null && metric != output.Objectives.Accuracy?.Metric && !measured.IsEmpty && !measured.Contains(metric)
               select $"Output '{output.Id}': accuracy '{metric}' is measured for no variant; measured: {string.Join(", ", measured.Where(m => !program.IsLessBetter(m)))}. Ask for one of these, or measure with 'profile --truth FILE'.";
    }

    /// <summary>Solves on a thread of its own: a solve keeps a core busy for seconds, and pool threads belong to the cluster. Who cancels does not wait for its end.</summary>
    public static Task<T> SolveAsync<T>(Func<T> solve, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(solve, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellationToken);

    private static Profile AtPercentile(Profile profile, int percent) =>
        profile.MissingPercentiles(percent) is { IsEmpty: false } missing ? throw new BadInputException(missing) : profile.AtPercentile(percent);

    /// <summary>Plans something else with what was prepared.</summary>
    public static Prepared Plan(Prepared prepared, PlanningProblem problem, IPlanner planner)
    {
        var (result, comparisons) = Plan(problem, planner);
        return prepared with { Problem = problem, Result = result, Comparisons = comparisons };
    }

    private static (PlanningResult Result, ImmutableArray<Comparison> Comparisons) Plan(PlanningProblem problem, IPlanner planner)
    {
        var result = planner.Plan(problem);
        var served = problem.Catalogue.Tiers.Where(t => problem.Catalogue.Workers.Any(w => problem.Catalogue.TierOf(w.Id) == t));
        return result.Status == PlanningStatus.Invalid
            ? (result, [])
            : (result, [.. served.Select(t => new Comparison(t, planner.Plan(problem with { Options = problem.Options with { OnlyTier = t } })))]);
    }

    private async Task CheckModelsAsync(bool restore, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var unready = new List<string>();
        foreach (var models in program.Models)
        {
            var statuses = await models.VerifyAsync(cancellationToken).ConfigureAwait(false);
            var missing = statuses.Where(s => s.State != ModelFileState.Ready).ToList();
            if (missing.Count > 0 && restore)
            {
                await models.RestoreAsync(progress, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                unready.AddRange(missing.Select(s =>
                    $"Model file '{s.File.Name}' is {(s.State == ModelFileState.Missing ? "missing" : "corrupt")}: {s.Detail.TrimEnd('.')}. Bring it with 'models restore', or run with --restore."));
            }
        }

        unready.AddRange(VariantFiles.Errors(program.Workflow, program.Models.SelectMany(m => m.Files).Select(f => f.Path)));
        if (unready.Count > 0)
        {
            throw new BadInputException(unready);
        }
    }

    private async Task<ImmutableArray<SourceDemand>> DemandsAsync(HostConfiguration configuration, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var demands = ImmutableArray.CreateBuilder<SourceDemand>();
        foreach (var source in configuration.Sources)
        {
            var registration = program.Inputs[source.Input];
            double? rate;
            try
            {
                rate = source.Rate ?? await registration.ProbeRateAsync(source.NewSettings(), cancellationToken).ConfigureAwait(false);
            }
            catch (SourceException unreadable)
            {
                errors.AddRange(Failure.MessagesOf(unreadable));
                continue;
            }

            if (rate is null)
            {
                errors.Add($"{source.Path} does not know how many elements per second it gives. Set {source.Path}.rate, or --rate {source.Name}=X.");
                continue;
            }

            demands.Add(new SourceDemand { Source = source.Id, Input = source.Input, Rate = rate.Value, Tier = registration.Tier, Worker = source.Node });
        }

        return errors.Count == 0 ? demands.DrainToImmutable() : throw new BadInputException(errors);
    }

    private WorkflowBindings Bind(HostConfiguration configuration, RunTruth? truth, ImmutableArray<SourceDemand> paces)
    {
        var bindings = configuration.Sources.Aggregate(
            new WorkflowBindings(program.Workflow).With(program.Sizes),
            (bound, source) => program.Inputs[source.Input].Bind(bound, source, paces.FirstOrDefault(p => p.Source == source.Id)?.Rate));
        return program.Outputs.Values.Aggregate(bindings, (bound, output) => output.Bind(bound, services, truth));
    }
}
