using JellyBean.Workflows.Models;

namespace JellyBean.Planning.Tests.Cases;

/// <summary>A variant that is only planned with.</summary>
internal sealed class FakeVariant(string name) : Variant<string, string>(name)
{
    public override int MaxBatch => 8;

    public override Task<LoadedVariant<string, string>> LoadAsync(Device device, CancellationToken cancellationToken) => throw new NotSupportedException();
}
