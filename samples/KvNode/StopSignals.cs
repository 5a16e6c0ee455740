using System.Runtime.InteropServices;

namespace KvNode;

/// <summary>SIGTERM, SIGINT and SIGQUIT as one token; a second signal ends the process the system's way.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Receive),
        ];
    }

    /// <summary>Gets the token that fires at the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Gets the name of the first signal.</summary>
    public string Name { get; private set; } = "";

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _requested.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        if (_requested.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        Name = context.Signal.ToString();
        _requested.Cancel();
    }
}
