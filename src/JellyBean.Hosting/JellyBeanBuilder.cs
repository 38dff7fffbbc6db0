using System.Collections.Immutable;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Health;
using JellyBean.Hosting.Profiles;
using JellyBean.Hosting.Truths;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using JellyBean.Workflows.Payloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace JellyBean.Hosting;

/// <summary>Binds a workflow to what surrounds it: sources, sinks, models, and what happens when a run is done.</summary>
public sealed class JellyBeanBuilder
{
    private readonly ProgramDefinition _program;

    internal JellyBeanBuilder(IHostApplicationBuilder host, Workflow workflow)
    {
        Services = host.Services;
        if (Services.Any(s => s.ServiceType == typeof(ProgramDefinition)))
        {
            throw new InvalidOperationException("The host already has a workflow. Call AddJellyBean once.");
        }

        _program = new ProgramDefinition(workflow);
        Services.AddSingleton(_program);
        Services.AddSingleton<RunContext>();
        Services.AddSingleton<RunState>();
        Services.AddSingleton<CommandTree>();
        Services.AddSingleton<RunCommand>();
        Services.AddSingleton<PlanCommand>();
        Services.AddSingleton<PlanBatch>();
        Services.AddSingleton<ModelsCommand>();
        Services.AddSingleton<ProfileCommand>();
        Services.AddSingleton<FrontCommand>();
        Services.AddSingleton<AccuracyMeasurement>();
        Services.AddSingleton<Preparation>();
        Services.AddSingleton<NodeCommand>();
        Services.AddSingleton<ClusterCommand>();
        Services.AddSingleton<CertificatesCommand>();
        Services.AddSingleton<ProfileProvider>();
        Services.TryAddSingleton<IEngine, LocalEngine>();
        Services.TryAddSingleton<IPlanner, CheapestPlanner>();
        Services.TryAddSingleton(Terminal.OfProcess);
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddHealthChecks().AddCheck<RunHealthCheck>("jellybean");

        // Standard output belongs to answers, so that they can be piped; what is logged goes beside it.
        Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        Services.AddSingleton<Verbosity>();
        Services.AddOptions<LoggerFilterOptions>().Configure<Verbosity>((options, verbosity) => options.AddFilter((_, level) => level >= verbosity.Least));
    }

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Makes an input's sources from the configuration's <c>jellybean.inputs.{input}.{source}</c>.</summary>
    /// <remarks>The host takes the keys <c>node</c>, <c>site</c>, <c>overload</c> and <c>rate</c>; the factory reads the others, and a key that nobody reads is an error.</remarks>
    /// <param name="input">An input of the workflow.</param>
    /// <param name="factory">Makes a source from its keys; asked several times for each source, as it is read to calibrate and to run.</param>
    /// <param name="option">
    /// A command-line option such as <c>--camera</c>: <c>NAME=URI</c>, repeatable, replaces the configured sources as a whole by ones that have only the key
    /// <c>uri</c>. None unless given.
    /// </param>
    public JellyBeanBuilder UseSources<T>(Input<T> input, ISourceFactory<T> factory, string? option = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(factory);
        _program.Add(new InputRegistration<T>(input, factory, option));
        return this;
    }

    /// <summary>Makes an output's sink. Asked twice for each run: for a sink that only checks, before planning, and for the one that writes; both are disposed.</summary>
    /// <remarks><see cref="RunContext"/>, among the services, knows the folder for what a run writes.</remarks>
    /// <param name="output">An output of the workflow.</param>
    /// <param name="create">Gives a new sink each time; opens nothing.</param>
    public JellyBeanBuilder UseSink<T>(Output<T> output, Func<IServiceProvider, ISink<T>> create)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(create);
        _program.Add(new OutputRegistration<T>(output, create));
        return this;
    }

    /// <summary>Adds a family of model files to <c>models restore|list|verify</c>; a run begins only if all of them are ready.</summary>
    public JellyBeanBuilder UseModels(IModelSource models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _program.Models = _program.Models.Add(models);
        return this;
    }

    /// <summary>Finds accelerators, so that nodes can say which they have.</summary>
    /// <param name="probe">Such as <c>OnnxDevices</c>.</param>
    public JellyBeanBuilder UseDevices(IDeviceProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        Services.AddSingleton(probe);
        return this;
    }

    /// <summary>Tells how a bulk payload, such as a picture, is sent, so that messages which hold it are counted with their true size.</summary>
    public JellyBeanBuilder UseCodec<T>(IPayloadCodec<T> codec)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(codec);
        _program.Sizes = _program.Sizes.With(codec);
        return this;
    }

    /// <summary>Gives what is known of the workflow wherever it runs: measured accuracies. Times, sizes and fan-outs are measured on each machine.</summary>
    /// <param name="accuracies">Each with its provenance.</param>
    public JellyBeanBuilder UseProfile(params IEnumerable<AccuracyRow> accuracies)
    {
        ArgumentNullException.ThrowIfNull(accuracies);
        _program.Accuracies = _program.Accuracies.AddRange(accuracies);
        return this;
    }

    /// <summary>The profile that is planned with where the command line and the configuration name none; the workflow is then not measured.</summary>
    /// <param name="file">A profile; relative to the program's own folder.</param>
    public JellyBeanBuilder UseProfileFile(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        _program.DefaultProfile = Path.GetFullPath(file, AppContext.BaseDirectory);
        return this;
    }

    /// <summary>Gives measured accuracies in a file that <c>profile --truth</c> wrote, so that they can be measured again by its command.</summary>
    /// <param name="file">Relative to the program's own folder.</param>
    public JellyBeanBuilder UseAccuracies(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        _program.AccuracyFiles = _program.AccuracyFiles.Add(Path.GetFullPath(file, AppContext.BaseDirectory));
        return this;
    }

    /// <summary>Tells how an output's results are held against what is true: <c>run --truth FILE</c> and <c>profile --truth FILE</c> then measure accuracy.</summary>
    /// <param name="output">An output of the workflow.</param>
    /// <param name="truth">The same object may be given for several outputs, whose results it then takes together.</param>
    public JellyBeanBuilder UseTruth<T>(Output<T> output, ITruth<T> truth)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(truth);
        _program.Add(new OperatorId(output.Name), TruthAdapter.Of(truth));
        return this;
    }

    /// <summary>Draws what accuracy costs as a PNG picture beside the SVG that <c>plan --front --plot NAME</c> writes.</summary>
    /// <param name="draw">Takes the front and the file to write.</param>
    public JellyBeanBuilder DrawFrontsWith(Func<AccuracyFront, string, CancellationToken, Task> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        _program.Fronts = _program.Fronts.Add(draw);
        return this;
    }

    /// <summary>Compares plans with what the published planner answers (JellyBean, VLDB 2023), for workflows that it knows: one output with an accuracy floor and no latency objective.</summary>
    /// <param name="samples">What its beam search knows of each operator that has a model, each after those that take from it.</param>
    public JellyBeanBuilder CompareWithPublishedHeuristic(params IEnumerable<OperatorSamples> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        _program.HeuristicSamples = [.. samples];
        return this;
    }

    /// <summary>The configuration that is read where no <c>--config</c> is given.</summary>
    /// <param name="file">A HOCON file; relative to the program's own folder.</param>
    public JellyBeanBuilder UseConfiguration(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        _program.DefaultConfiguration = Path.GetFullPath(file, AppContext.BaseDirectory);
        return this;
    }

    /// <summary>What an element of a source is called in reports: the name of a section in the JSON answer, and a word in texts.</summary>
    /// <param name="plural">Such as <c>frames</c>; <c>elements</c> unless set.</param>
    public JellyBeanBuilder CallElements(string plural)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(plural);
        _program.ElementsWord = plural;
        return this;
    }

    /// <summary>Adds an option to <c>run</c>. Its values are in <see cref="RunContext.Options"/>.</summary>
    /// <param name="name">With dashes, as in <c>--zones</c>.</param>
    /// <param name="value">What it takes, as the help shows it, such as <c>FILE</c>.</param>
    /// <param name="help">What it is for, in a sentence.</param>
    public JellyBeanBuilder UseOption(string name, string value, string help)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _program.Options = _program.Options.Add(new ProgramOption(name, value, help));
        return this;
    }

    /// <summary>Called when a run has ended normally, drained or not: the place to draw pictures of what it found. Several are called in order.</summary>
    /// <remarks>If it throws, the run has failed, but its figures are still told.</remarks>
    public JellyBeanBuilder OnCompleted(Func<RunSummary, IServiceProvider, CancellationToken, Task> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        return OnCompleted(async (summary, services, cancellationToken) =>
        {
            await completed(summary, services, cancellationToken).ConfigureAwait(false);
            return RunAddition.None;
        });
    }

    /// <inheritdoc cref="OnCompleted(Func{RunSummary, IServiceProvider, CancellationToken, Task})" />
    /// <param name="completed">Gives files and figures of its own, which the summary and the JSON answer then show.</param>
    public JellyBeanBuilder OnCompleted(Func<RunSummary, IServiceProvider, CancellationToken, Task<RunAddition>> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        _program.Completed = _program.Completed.Add(completed);
        return this;
    }
}
