using System.Collections.Immutable;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Hocon;
using JellyBean.Hosting.Profiles;
using JellyBean.Hosting.Truths;
using JellyBean.Planning;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Hosting.Commands;

/// <summary>Goes from the command line to a plan: configuration, models, profile, planning.</summary>
internal sealed class Preparation(ProgramDefinition program, IServiceProvider services, ProfileProvider profiles, IPlanner planner)
{
    /// <summary>Reads and checks the configuration.</summary>
    /// <exception cref="BadInputException">Something is wrong with it.</exception>
    public HostConfiguration Configure(ConfigurationRequest request)
    {
        var errors = new InputErrors();
        var configuration = Configure(request, errors);
        errors.ThrowIfAny();
        return configuration;
    }

    /// <summary>Reads the configuration as far as it can be used.</summary>
    public HostConfiguration Configure(ConfigurationRequest request, InputErrors errors) => ConfigurationReader.Read(
        program, request, new HoconFiles(Path.Combine(AppContext.BaseDirectory, "hocon")), Environment.GetEnvironmentVariable, errors);

    /// <summary>Reads the configuration and looks at everything that it names, all before anything is changed.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="errors">What is wrong already; more is added.</param>
    /// <param name="opens">Whether sources are to be read here, also those whose rates are known.</param>
    /// <param name="progress">Told of live sources that are waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadInputException">Something is wrong; everything that is, is in it.</exception>
    public async Task<Checked> CheckAsync(PreparationRequest request, InputErrors errors, bool opens, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var input = await LookAsync(Configure(request.Configuration, errors), request, errors, opens, progress, cancellationToken).ConfigureAwait(false);
        errors.ThrowIfAny();
        return input;
    }

    /// <summary>Looks at the models, the profile and the sources of a configuration.</summary>
    /// <returns>What was found; not to be gone on with where there are errors.</returns>
    public async Task<Checked> LookAsync(HostConfiguration configuration, PreparationRequest request, InputErrors errors, bool opens, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await CheckModelsAsync(request, errors, cancellationToken).ConfigureAwait(false);
        var profile = await errors.TryAsync(() => profiles.GivenAsync(configuration, cancellationToken)).ConfigureAwait(false);
        return new Checked(configuration, profile, await DemandsAsync(configuration, errors, opens, progress, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Makes the models ready, and binds the workflow to its sources: all that measuring needs.</summary>
    /// <exception cref="BadInputException">A model file is missing, or something is wrong already.</exception>
    public async Task<WorkflowBindings> BindAsync(HostConfiguration configuration, PreparationRequest request, InputErrors errors, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await CheckModelsAsync(request, errors, cancellationToken).ConfigureAwait(false);
        errors.ThrowIfAny();
        await RestoreAsync(request, progress, cancellationToken).ConfigureAwait(false);
        return Bind(configuration, truth: null, paces: []);
    }

    /// <summary>Makes the models ready, and binds the workflow for a node: to all sources, of which it opens those that a plan gives it.</summary>
    /// <exception cref="BadInputException">A model file is missing.</exception>
    public async Task<WorkflowBindings> BindNodeAsync(HostConfiguration configuration, PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        await CheckModelsAsync(request, errors, cancellationToken).ConfigureAwait(false);

        // A source that is attached to another node need not be there.
        var here = configuration with { Sources = [.. configuration.Sources.Where(s => s.Node is null || s.Node == configuration.Node.Name)] };
        var paces = request.IsPaced ? await DemandsAsync(here, errors, opens: false, progress, cancellationToken).ConfigureAwait(false) : [];
        errors.ThrowIfAny();
        await RestoreAsync(request, progress, cancellationToken).ConfigureAwait(false);
        return Bind(configuration, truth: null, paces);
    }

    /// <summary>Plans what is configured, and the same with everything on one tier.</summary>
    /// <exception cref="BadInputException">It cannot be planned, whatever fits: told before minutes are spent on measuring where that makes no difference.</exception>
    public async Task<Prepared> PrepareAsync(Checked input, PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (Unmeasured(input).ValidateUnmeasured() is { IsEmpty: false } wrong)
        {
            throw new BadInputException(wrong);
        }

        var (bindings, problem) = await ProblemAsync(input, request, progress, cancellationToken).ConfigureAwait(false);
        var (result, comparisons) = await SolveAsync(() => Plan(problem, planner.Until(cancellationToken)), cancellationToken).ConfigureAwait(false);
        return result.Status == PlanningStatus.Invalid
            ? throw new BadInputException(result.Reasons)
            : new Prepared(input.Configuration, bindings, problem, result, comparisons);
    }

    /// <summary>Finds out what there is to plan: brings models where that is asked for, measures where nothing was measured.</summary>
    public async Task<(WorkflowBindings Bindings, PlanningProblem Problem)> ProblemAsync(Checked input, PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await RestoreAsync(request, progress, cancellationToken).ConfigureAwait(false);
        var bindings = Bind(input.Configuration, request.Truth, request.IsPaced ? input.Demands : []);
        var profile = await profiles.GetAsync(input, bindings, request.Recalibrate, progress, cancellationToken).ConfigureAwait(false);
        var problem = new PlanningProblem { Workflow = program.Workflow, Profile = profile, Catalogue = input.Configuration.Catalogue, Sources = input.Demands };
        return (bindings, Ask(problem, input.Configuration));
    }

    /// <summary>What there is to plan, as far as it is known before anything is measured.</summary>
    public PlanningProblem Unmeasured(Checked input) => Ask(
        new PlanningProblem
        {
            Workflow = program.Workflow,
            Profile = new Profile { Provenance = "nothing is measured yet", Machine = ThisMachine.Fingerprint, ServiceTimes = [], Outputs = [] },
            Catalogue = input.Configuration.Catalogue,
            Sources = input.Demands,
        },
        input.Configuration with { Percentile = null });

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

    private async Task CheckModelsAsync(PreparationRequest request, InputErrors errors, CancellationToken cancellationToken)
    {
        foreach (var models in request.Restore ? [] : program.Models)
        {
            var statuses = await models.VerifyAsync(cancellationToken).ConfigureAwait(false);
            errors.Add(statuses.Where(s => s.State != ModelFileState.Ready).Select(s =>
                $"Model file '{s.File.Name}' is {(s.State == ModelFileState.Missing ? "missing" : "corrupt")}: {s.Detail.TrimEnd('.')}. Bring it with 'models restore', or run with --restore."));
        }

        errors.Add(VariantFiles.Errors(program.Workflow, program.Models.SelectMany(m => m.Files).Select(f => f.Path)));
    }

    private async Task RestoreAsync(PreparationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        foreach (var models in request.Restore ? program.Models : [])
        {
            if ((await models.VerifyAsync(cancellationToken).ConfigureAwait(false)).Any(s => s.State != ModelFileState.Ready))
            {
                await models.RestoreAsync(progress, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<ImmutableArray<SourceDemand>> DemandsAsync(HostConfiguration configuration, InputErrors errors, bool opens, IProgress<string> progress, CancellationToken cancellationToken)
    {
        // A live source takes seconds to tell its rate: not where the answer is no already.
        var live = errors.IsEmpty ? new LiveProbe(TimeProvider.System, progress) : null;
        var demands = await Task.WhenAll(configuration.Sources.Select(s => DemandAsync(s, opens, live, cancellationToken))).ConfigureAwait(false);
        errors.Add(demands.SelectMany(d => d.Errors));
        return [.. demands.Select(d => d.Demand).OfType<SourceDemand>()];
    }

    private async Task<(SourceDemand? Demand, IEnumerable<string> Errors)> DemandAsync(SourceConfiguration source, bool opens, LiveProbe? live, CancellationToken cancellationToken)
    {
        var registration = program.Inputs[source.Input];
        try
        {
            if (opens)
            {
                await registration.CheckAsync(source.NewSettings(), cancellationToken).ConfigureAwait(false);
            }

            var rate = source.Rate
                ?? await (live is not null ? registration.ProbeRateAsync(source.NewSettings(), live, cancellationToken) : registration.NominalRateAsync(source.NewSettings(), cancellationToken)).ConfigureAwait(false);
            return rate is { } known
                ? (new SourceDemand { Source = source.Id, Input = source.Input, Rate = known, Tier = registration.Tier, Worker = source.Node }, [])
                : (null, live is not null ? [$"{source.Path} does not know how many elements per second it gives. Set {source.Path}.rate, or --rate {source.Name}=X."] : []);
        }
        catch (SourceException unreadable)
        {
            return (null, Failure.MessagesOf(unreadable));
        }
    }

    private WorkflowBindings Bind(HostConfiguration configuration, RunTruth? truth, ImmutableArray<SourceDemand> paces)
    {
        var bindings = configuration.Sources.Aggregate(
            new WorkflowBindings(program.Workflow).With(program.Sizes),
            (bound, source) => program.Inputs[source.Input].Bind(bound, source, paces.FirstOrDefault(p => p.Source == source.Id)?.Rate));
        return program.Outputs.Values.Aggregate(bindings, (bound, output) => output.Bind(bound, services, truth));
    }
}
