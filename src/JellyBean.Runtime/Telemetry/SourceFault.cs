using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Why a source ended before its time.</summary>
/// <param name="Cause">What it said; with the exception's type where that is not <see cref="SourceException"/>.</param>
/// <param name="IsCrash">Whether it threw anything but <see cref="SourceException"/>: a mistake in the source, where a <see cref="SourceException"/> is trouble that it knows, such as a file that is cut off.</param>
public sealed record SourceFault(string Cause, bool IsCrash)
{
    /// <summary>Judges what a source threw.</summary>
    public static SourceFault Of(Exception thrown)
    {
        ArgumentNullException.ThrowIfNull(thrown);
        return thrown is SourceException ? new SourceFault(thrown.Message, IsCrash: false) : new SourceFault($"{thrown.GetType().Name}: {thrown.Message}", IsCrash: true);
    }
}
