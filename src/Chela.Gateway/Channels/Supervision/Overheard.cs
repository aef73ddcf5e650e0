using Chela.Contracts.Messages;

namespace Chela.Gateway.Channels.Supervision;

/// <summary>
/// What was said in groups to nobody in particular since the agent was last called there, so that it knows what it is called into. It is kept in
/// memory alone: what is lost with the process was never for the agent.
/// </summary>
internal sealed class Overheard
{
    /// <summary>The longest line that is kept, in characters; the rest of it is cut off.</summary>
    public const int MaxLineChars = 2_000;

    /// <summary>The most that is kept of one group, in characters.</summary>
    public const int MaxChars = 16_000;

    /// <summary>The most groups that are listened to; the one longest silent is forgotten first.</summary>
    public const int MaxGroups = 1_000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<ReplyTarget, Queue<string>> _groups = [];

    /// <summary>Keeps a line.</summary>
    /// <param name="group">Where it was said.</param>
    /// <param name="line">Who said what.</param>
    /// <param name="limit">How many lines of the group are kept.</param>
    public void Note(ReplyTarget group, string line, int limit)
    {
        lock (_gate)
        {
            var lines = _groups.Remove(group, out var known) ? known : new Queue<string>();
            if (_groups.Count >= MaxGroups)
            {
                _groups.RemoveAt(0);
            }

            _groups.Add(group, lines);
            lines.Enqueue(line.Length <= MaxLineChars ? line : $"{line.AsSpan(0, char.IsHighSurrogate(line[MaxLineChars - 1]) ? MaxLineChars - 1 : MaxLineChars)}…");
            while (lines.Count > limit || lines.Sum(kept => kept.Length) > MaxChars)
            {
                lines.Dequeue();
            }
        }
    }

    /// <summary>What was said there, the oldest first.</summary>
    public IReadOnlyList<string> In(ReplyTarget group)
    {
        lock (_gate)
        {
            return _groups.TryGetValue(group, out var lines) ? [.. lines] : [];
        }
    }

    /// <summary>Forgets what was said there: the agent knows it now.</summary>
    public void Forget(ReplyTarget group)
    {
        lock (_gate)
        {
            _groups.Remove(group);
        }
    }
}
