namespace Chela.Gateway.Bus;

/// <summary>So many places as runs may go on at once; how many these are can change.</summary>
internal sealed class RunPlaces(int most) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(most);
    private int _most = most;
    private int _tooMany;

    /// <summary>Waits for a place, first come, first served.</summary>
    public Task TakeAsync(CancellationToken ct) => _free.WaitAsync(ct);

    /// <summary>Gives one back. Where there are more than there may be now, nobody gets it.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_tooMany > 0)
            {
                _tooMany--;
            }
            else
            {
                _free.Release();
            }
        }
    }

    /// <summary>From now on there are so many. Who waits gets those that are new; who has one that is too many keeps it to its end.</summary>
    public void Resize(int most)
    {
        lock (_gate)
        {
            _tooMany += _most - most;
            _most = most;
            while (_tooMany > 0 && _free.Wait(0))
            {
                _tooMany--;
            }

            if (_tooMany < 0)
            {
                _free.Release(-_tooMany);
                _tooMany = 0;
            }
        }
    }

    public void Dispose() => _free.Dispose();
}
