using Chela.Contracts.Channels;

namespace Chela.Gateway.Channels.Sidecar;

/// <summary>How far the login of a sidecar is, for those who wait for it.</summary>
internal sealed class SidecarLogin
{
    private readonly Lock _gate = new();
    private LoginState _state = new(false, null);
    private TaskCompletionSource _changed = New();
    private bool _isOver;

    /// <summary>There is another code to scan.</summary>
    public void Show(string code) => Change(new LoginState(false, code));

    /// <summary>The platform has let the account in.</summary>
    public void Connected() => Change(new LoginState(true, null));

    /// <summary>The sidecar ends: whoever waits learns it.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        Change(_state);
    }

    /// <summary>Waits for a state other than the known one.</summary>
    /// <exception cref="IOException">The sidecar has ended.</exception>
    public async Task<LoginState> WaitAsync(string? known, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_state.IsConnected || (_state.Code is { } code && code != known))
                {
                    return _state;
                }

                if (_isOver)
                {
                    throw new IOException("the sidecar has ended");
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(ct);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(LoginState state)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            _state = state;
            (told, _changed) = (_changed, New());
        }

        told.SetResult();
    }
}
