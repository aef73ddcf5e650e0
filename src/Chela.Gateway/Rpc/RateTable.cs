namespace Chela.Gateway.Rpc;

/// <summary>
/// Windows by key, of those who called within the last span. Bounded: when it is full the oldest window makes place, so that inventing
/// keys costs memory to nobody. Not for several threads at once.
/// </summary>
/// <param name="capacity">How many windows it holds.</param>
internal sealed class RateTable<TKey>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, RateWindow> _windows = [];
    private readonly Queue<(TKey Key, TimeSpan Start)> _order = []; // one for each start in the last span, so as bounded as the windows

    /// <summary>How many windows are held.</summary>
    public int Count => _windows.Count;

    /// <summary>How long this key has to wait; zero when it may call now.</summary>
    public TimeSpan Wait(TKey key, TimeSpan now, int limit) =>
        _windows.TryGetValue(key, out var window) ? window.Wait(now, limit) : TimeSpan.Zero;

    /// <summary>Counts a call.</summary>
    public void Take(TKey key, TimeSpan now)
    {
        Forget(now);
        if (!_windows.TryGetValue(key, out var window))
        {
            MakePlace();
            _windows[key] = window = new RateWindow();
        }

        if (window.Take(now))
        {
            _order.Enqueue((key, now));
        }
    }

    private void Forget(TimeSpan now)
    {
        while (_order.TryPeek(out var oldest) && now - oldest.Start >= RateWindow.Span)
        {
            RemoveOldest();
        }
    }

    private void MakePlace()
    {
        while (_windows.Count >= capacity)
        {
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        var (key, start) = _order.Dequeue();
        if (_windows.TryGetValue(key, out var window) && window.Start == start)
        {
            _windows.Remove(key);
        }
    }
}
