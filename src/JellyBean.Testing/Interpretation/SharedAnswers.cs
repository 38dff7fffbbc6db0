using System.Runtime.ExceptionServices;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Testing.Interpretation;

/// <summary>Answers of variants for several interpreters that take the same elements one after the other.</summary>
/// <remarks>
/// Interpreters whose combinations agree on an operator's variant, and on those of the models before it, ask it the same questions in the same order: the n-th
/// answer that one of them got is the n-th answer of all.
/// </remarks>
internal sealed class SharedAnswers(Workflow workflow) : IDisposable
{
    private readonly Dictionary<(OperatorId, string), InferenceKernel> _loaded = [];
    private readonly Dictionary<string, List<(object? Result, ExceptionDispatchInfo? Failure)>> _answers = [];
    private readonly List<SharedKernel> _kernels = [];

    public async Task LoadAsync(InferOperator op, string variant, CancellationToken cancellationToken) =>
        _loaded.Add((op.Id, variant), await op.LoadAsync(variant, Device.OneCore, cancellationToken).ConfigureAwait(false));

    /// <summary>An operator's kernel for one combination; asks the loaded one only where no other combination has.</summary>
    public InferenceKernel KernelOf(InferOperator op, IReadOnlyDictionary<OperatorId, string> combination)
    {
        var before = new HashSet<OperatorId> { op.Id };
        foreach (var upstream in workflow.Operators.Reverse().Where(o => before.Contains(o.Id)))
        {
            before.UnionWith(upstream.Inputs);
        }

        var key = string.Join(' ', combination.Where(c => before.Contains(c.Key)).OrderBy(c => c.Key).Select(c => $"{c.Key}={c.Value}").Prepend(op.Id.Value));
        if (!_answers.TryGetValue(key, out var answers))
        {
            _answers[key] = answers = [];
        }

        var kernel = new SharedKernel(_loaded[(op.Id, combination[op.Id])], answers);
        _kernels.Add(kernel);
        return kernel;
    }

    /// <summary>Begins anew: all interpreters have taken an element, and take the next.</summary>
    public void Forget()
    {
        foreach (var answers in _answers.Values)
        {
            answers.Clear();
        }

        _kernels.ForEach(k => k.Restart());
    }

    public void Dispose()
    {
        foreach (var kernel in _loaded.Values)
        {
            kernel.Dispose();
        }
    }

    private sealed class SharedKernel(InferenceKernel loaded, List<(object? Result, ExceptionDispatchInfo? Failure)> answers) : InferenceKernel(loaded.Variant, 1)
    {
        private int _next;

        public override long MemoryBytes => loaded.MemoryBytes;

        public void Restart() => _next = 0;

        public override void Run(ReadOnlySpan<object> values, Span<object> results)
        {
            if (_next == answers.Count)
            {
                answers.Add(Ask(values[0]));
            }

            var (result, failure) = answers[_next++];
            failure?.Throw();
            results[0] = result!;
        }

        // The loaded kernel is shared, and disposed with all others.
        public override void Dispose()
        {
        }

        private (object? Result, ExceptionDispatchInfo? Failure) Ask(object value)
        {
            var results = new object[1];
            try
            {
                loaded.Run([value], results);
                return (results[0], null);
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                return (null, ExceptionDispatchInfo.Capture(cause));
            }
        }
    }
}
