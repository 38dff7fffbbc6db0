using JellyBean.Workflows.Models;

namespace MachineAlarms;

/// <summary>A model in plain C#: the logistic function of the mean of temperature and vibration.</summary>
public sealed class LogisticVariant(string name) : Variant<Reading, float>(name)
{
    /// <inheritdoc />
    public override int MaxBatch => 64;

    /// <inheritdoc />
    public override Task<LoadedVariant<Reading, float>> LoadAsync(Device device, CancellationToken cancellationToken) =>
        Task.FromResult<LoadedVariant<Reading, float>>(new Loaded());

    private sealed class Loaded : LoadedVariant<Reading, float>
    {
        public override long MemoryBytes => 0;

        public override void Run(ReadOnlySpan<Reading> batch, Span<float> results)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                results[i] = 1 / (1 + MathF.Exp(-(batch[i].Temperature + batch[i].Vibration) / 2));
            }
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
