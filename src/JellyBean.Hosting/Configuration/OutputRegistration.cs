using JellyBean.Hosting.Truths;
using JellyBean.Runtime;
using JellyBean.Testing;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>How an output's sink is made, whatever it takes.</summary>
internal abstract class OutputRegistration(string output)
{
    public OperatorId Output { get; } = new(output);

    /// <param name="bindings">What is bound so far.</param>
    /// <param name="services">The host's.</param>
    /// <param name="truth">What the results are held against besides; null if nothing.</param>
    public abstract WorkflowBindings Bind(WorkflowBindings bindings, IServiceProvider services, RunTruth? truth);

    /// <summary>The output's results in a run of the reference interpreter.</summary>
    public abstract IEnumerable<object> ResultsOf(WorkflowTestRun run);

    /// <summary>Checks that results can be written.</summary>
    /// <exception cref="SinkException">They cannot.</exception>
    public abstract Task CheckAsync(IServiceProvider services, CancellationToken cancellationToken);
}

internal sealed class OutputRegistration<T>(Output<T> output, Func<IServiceProvider, ISink<T>> create) : OutputRegistration(output.Name)
    where T : notnull
{
    public override WorkflowBindings Bind(WorkflowBindings bindings, IServiceProvider services, RunTruth? truth) => truth?.Wants(Output) == true
        ? bindings.With(output, () => new MeteredSink<T>(Output, create(services), truth))
        : bindings.With(output, () => create(services));

    public override IEnumerable<object> ResultsOf(WorkflowTestRun run) => run.Results(output).Cast<object>();

    public override async Task CheckAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var sink = create(services);
        await sink.CheckAsync(cancellationToken).ConfigureAwait(false);
    }
}
