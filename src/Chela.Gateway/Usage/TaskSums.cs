namespace Chela.Gateway.Usage;

/// <summary>What was taken for each thing that somebody asked for, by session. Of many the ones that were longest not added to are forgotten. Not thread-safe.</summary>
internal sealed class TaskSums
{
    /// <summary>So many are known.</summary>
    public const int Most = 10_000;

    private readonly LinkedList<Sum> _latestLast = [];
    private readonly Dictionary<(string Cause, string Session), LinkedListNode<Sum>> _sums = [];

    /// <summary>What a session took for it.</summary>
    public Spent Of(string cause, string session) => _sums.GetValueOrDefault((cause, session))?.Value.Spent ?? default;

    /// <summary>Adds what a call took.</summary>
    public void Add(string cause, string session, UsageCall call)
    {
        if (_sums.Remove((cause, session), out var known))
        {
            _latestLast.Remove(known);
        }
        else if (_sums.Count == Most)
        {
            _sums.Remove(_latestLast.First!.Value.Task);
            _latestLast.RemoveFirst();
        }

        _sums[(cause, session)] = _latestLast.AddLast(new Sum((cause, session), (known?.Value.Spent ?? default).With(call)));
    }

    private readonly record struct Sum((string Cause, string Session) Task, Spent Spent);
}
