using System.Runtime.InteropServices;

namespace JellyBean.Hosting.Commands;

/// <summary>Ctrl-C and SIGTERM: the first drains, the second aborts.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _drain;
    private readonly CancellationTokenSource _abort = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="stopping">Drains too, when something else asks the program to stop.</param>
    public StopSignals(CancellationToken stopping)
    {
        _drain = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    public CancellationToken Drain => _drain.Token;

    public CancellationToken Abort => _abort.Token;

    /// <summary>What a signal does.</summary>
    public void Stop()
    {
        if (_drain.IsCancellationRequested)
        {
            _abort.Cancel();
        }
        else
        {
            _drain.Cancel();
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _drain.Dispose();
        _abort.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The process ends by itself, when the run has.
        context.Cancel = true;
        Stop();
    }
}
