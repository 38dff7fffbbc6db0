using System.Diagnostics;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>The variants that answer for what follows, loaded: those of the models that stand behind another one.</summary>
internal sealed class Speakers : IDisposable
{
    private readonly Dictionary<OperatorId, InferenceKernel> _kernels = [];
    private readonly TimeSpan _time;
    private readonly Stopwatch _clock = new();

    private Speakers(TimeSpan time) => _time = time;

    /// <summary>Loads them.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="answers">Which variant speaks for each model.</param>
    /// <param name="time">How long they may answer altogether; what is asked later is not answered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelLoadException">One cannot be loaded.</exception>
    public static async Task<Speakers> LoadAsync(Workflow workflow, IReadOnlyDictionary<OperatorId, VariantAnswers> answers, TimeSpan time, CancellationToken cancellationToken)
    {
        var speakers = new Speakers(time);
        try
        {
            var behind = new HashSet<OperatorId>();
            foreach (var op in workflow.Operators)
            {
                var isBehind = op.Inputs.Any(behind.Contains);
                if (isBehind && op is InferOperator infer && answers[op.Id].Speaker is { Length: > 0 } speaker)
                {
                    speakers._kernels[op.Id] = await infer.LoadAsync(speaker, Device.OneCore, cancellationToken).ConfigureAwait(false);
                }

                if (isBehind || op is InferOperator)
                {
                    behind.Add(op.Id);
                }
            }

            return speakers;
        }
        catch
        {
            speakers.Dispose();
            throw;
        }
    }

    /// <summary>Answers elements, without those that it fails on; null where there is no time left, or nobody who answers.</summary>
    public List<Sample>? Ask(InferOperator op, List<Sample> samples)
    {
        if (!_kernels.TryGetValue(op.Id, out var kernel))
        {
            return null;
        }

        _clock.Start();
        var answered = new List<Sample>();
        var answer = new object[1];
        foreach (var sample in samples)
        {
            if (_clock.Elapsed > _time)
            {
                _clock.Stop();
                return null;
            }

            try
            {
                kernel.Run([sample.Value], answer);
                answered.Add(sample.AnsweredBy(answer[0]));
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                // An element that fails is isolated and counted when the workflow runs; here nothing follows from it.
                continue;
            }
        }

        _clock.Stop();
        return answered;
    }

    public void Dispose()
    {
        foreach (var kernel in _kernels.Values)
        {
            kernel.Dispose();
        }
    }
}
