using System.Collections.Immutable;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Fragments;

/// <summary>Loads the instances of a variant: all or none.</summary>
internal static class KernelLoader
{
    /// <exception cref="ModelLoadException">One cannot be loaded; none stays behind.</exception>
    public static async Task<ImmutableArray<InferenceKernel>> LoadAsync(InferOperator op, string variant, int instances, CancellationToken cancellationToken)
    {
        var loaded = ImmutableArray.CreateBuilder<InferenceKernel>(instances);
        try
        {
            for (var i = 0; i < instances; i++)
            {
                loaded.Add(await op.LoadAsync(variant, Device.OneCore, cancellationToken).ConfigureAwait(false));
            }

            return loaded.MoveToImmutable();
        }
        catch
        {
            foreach (var kernel in loaded)
            {
                kernel.Dispose();
            }

            throw;
        }
    }
}
