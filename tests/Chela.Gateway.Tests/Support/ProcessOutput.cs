namespace Chela.Gateway.Tests.Support;

/// <summary>What a process prints on one of its streams, and a way to wait for a line of it.</summary>
internal sealed class ProcessOutput
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _grown = NewSignal();
    private bool _isOver;

    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Adds a line; null is the end.</summary>
    public void Add(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                _isOver = true;
            }
            else
            {
                _lines.Add(line);
            }

            _grown.TrySetResult();
            _grown = NewSignal();
        }
    }

    /// <summary>Waits for the first line that fits.</summary>
    /// <exception cref="InvalidOperationException">The output ended without it.</exception>
    public async Task<string> LineAsync(Predicate<string> fits, CancellationToken ct)
    {
        for (var next = 0; ;)
        {
            Task grown;
            lock (_gate)
            {
                for (; next < _lines.Count; next++)
                {
                    if (fits(_lines[next]))
                    {
                        return _lines[next];
                    }
                }

                if (_isOver)
                {
                    throw new InvalidOperationException($"The process ended without the line awaited. It printed:\n{Text}");
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(ct);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
