using System.Runtime.InteropServices;

namespace Chela;

/// <summary>SIGUSR2, which asks the gateway to restart. On systems without it nothing comes.</summary>
internal sealed class RestartSignal : IDisposable
{
    private readonly PosixSignalRegistration? _registration;

    /// <param name="onSignal">Called for each; on a thread of the pool.</param>
    public RestartSignal(Action onSignal)
    {
        if (Number is { } number)
        {
            _registration = PosixSignalRegistration.Create((PosixSignal)number, context =>
            {
                context.Cancel = true; // it ends a process that does nothing about it
                onSignal();
            });
        }
    }

    private static int? Number => OperatingSystem.IsLinux() ? 12 : OperatingSystem.IsMacOS() ? 31 : null;

    public void Dispose() => _registration?.Dispose();
}
