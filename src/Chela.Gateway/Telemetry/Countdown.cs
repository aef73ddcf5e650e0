namespace Chela.Gateway.Telemetry;

/// <summary>Counts what is under way, and tells when nothing is any more.</summary>
internal sealed class Countdown
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _zero;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>One more, unless that would be more than the limit.</summary>
    public bool TryEnter(int limit)
    {
        lock (_gate)
        {
            if (_count >= limit)
            {
                return false;
            }

            _count++;
            return true;
        }
    }

    public void Enter(int count = 1)
    {
        lock (_gate)
        {
            _count += count;
        }
    }

    public void Leave(int count = 1)
    {
        lock (_gate)
        {
            _count -= count;
            if (_count == 0)
            {
                _zero?.TrySetResult();
                _zero = null;
            }
        }
    }

    /// <summary>Ends when nothing is under way, or with the token.</summary>
    /// <exception cref="OperationCanceledException">Something still is.</exception>
    public Task WhenZeroAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return _count == 0
                ? Task.CompletedTask
                : (_zero ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(ct);
        }
    }
}
