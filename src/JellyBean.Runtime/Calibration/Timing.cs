namespace JellyBean.Runtime.Calibration;

/// <summary>Where measuring is done.</summary>
internal static class Timing
{
    /// <summary>Runs on a thread of its own: models expect that, and pool threads have other work.</summary>
    public static Task<T> OnOwnThreadAsync<T>(Func<T> action, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(action, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
