using System.Runtime.InteropServices;

namespace Chela.Cli;

/// <summary>
/// Ctrl-C and SIGTERM as a token. The first signal cancels it; a second one before <see cref="Rearm"/> ends the process the usual way,
/// so that nobody is locked in.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private CancellationTokenSource _current = new();

    public Interrupts()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Cancelled by the next signal.</summary>
    public CancellationToken Token => Volatile.Read(ref _current).Token;

    /// <summary>Makes ready for another signal, after the last one was dealt with.</summary>
    public void Rearm()
    {
        if (Token.IsCancellationRequested)
        {
            // The old source is left to the collector: a signal may be cancelling it on another thread.
            Volatile.Write(ref _current, new CancellationTokenSource());
        }
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _current.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        var current = Volatile.Read(ref _current);
        if (!current.IsCancellationRequested)
        {
            context.Cancel = true;
            current.Cancel();
        }
    }
}
