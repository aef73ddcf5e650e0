using System.Text;
using System.Text.Json;

namespace Chela.Load;

/// <summary>
/// What a client of the OpenClaw dialect was told over all its connections, checked event by event: the numbers go up by one, the
/// events of a run are in order, its deltas add up to its final text.
/// </summary>
internal sealed class TrialStream
{
    private const int MostFaults = 20;

    private readonly Dictionary<string, (StringBuilder Words, long Number)> _runs = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    /// <summary>The number of the last event.</summary>
    public long Seq { get; private set; }

    /// <summary>How many events there were.</summary>
    public long Events { get; private set; }

    /// <summary>What was wrong, in words; the first few.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Begins at a number.</summary>
    public void StartAt(long seq) => Seq = seq;

    /// <summary>Something that is wrong beyond single events.</summary>
    public void Fault(string what)
    {
        if (_faults.Count < MostFaults)
        {
            _faults.Add(what);
        }
    }

    /// <summary>Takes in a frame; true when it was the end of a run.</summary>
    public bool Take(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonDocument.Parse(frame);
        var root = document.RootElement;
        if (root.GetProperty("type").GetString() != "event" || !root.TryGetProperty("seq", out var numbered))
        {
            return false;
        }

        var seq = numbered.GetInt64();
        if (seq != Seq + 1)
        {
            Fault(seq <= Seq ? $"{seq} came again after {Seq}" : $"{seq} followed {Seq}");
        }

        Seq = seq;
        Events++;
        return root.GetProperty("event").GetString() == "chat" && TakeChat(root.GetProperty("payload"));
    }

    private bool TakeChat(JsonElement payload)
    {
        var runId = payload.GetProperty("runId").GetString()!;
        var number = payload.GetProperty("seq").GetInt64();
        var (words, last) = _runs.TryGetValue(runId, out var run) ? run : (new StringBuilder(), 0);
        if (number <= last)
        {
            Fault($"run {runId}: {number} came after {last}");
        }

        _runs[runId] = (words, number);
        if (payload.GetProperty("state").GetString() == "delta")
        {
            words.Append(payload.GetProperty("deltaText").GetString());
            return false;
        }

        var whole = payload.GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString();
        if (words.ToString() != whole)
        {
            Fault($"run {runId}: the deltas have {words.Length} characters, the text {whole?.Length}");
        }

        return true;
    }
}
