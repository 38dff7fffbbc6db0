using JellyBean.Runtime;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>How an output's sink is made, whatever it takes.</summary>
internal abstract class OutputRegistration(string output)
{
    public OperatorId Output { get; } = new(output);

    public abstract WorkflowBindings Bind(WorkflowBindings bindings, IServiceProvider services);
}

internal sealed class OutputRegistration<T>(Output<T> output, Func<IServiceProvider, ISink<T>> create) : OutputRegistration(output.Name)
    where T : notnull
{
    public override WorkflowBindings Bind(WorkflowBindings bindings, IServiceProvider services) => bindings.With(output, () => create(services));
}
