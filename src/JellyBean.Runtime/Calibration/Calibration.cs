using JellyBean.Planning.Profiles;

namespace JellyBean.Runtime.Calibration;

/// <summary>Measures, on this machine, what planning needs to know of a workflow.</summary>
public static class Calibration
{
    /// <summary>Feeds the first elements of the real sources through the workflow on one thread.</summary>
    public static Task<Profile> MeasureAsync(
        WorkflowBindings bindings, MessageSizer sizer, CalibrationOptions options, IProgress<string>? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
