using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Unfinished;

/// <summary>What a transcript has of some runs.</summary>
internal sealed class WrittenRuns
{
    private readonly Dictionary<string, TranscriptEntry> _questions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TranscriptEntry> _answers = new(StringComparer.Ordinal);

    /// <summary>Looks through the transcript.</summary>
    /// <exception cref="TranscriptException">It cannot be read.</exception>
    public static async Task<WrittenRuns> FindAsync(Transcript transcript, IReadOnlyList<Turn> turns, CancellationToken ct)
    {
        var runs = turns.Select(turn => turn.RunId).ToHashSet(StringComparer.Ordinal);
        var found = new WrittenRuns();
        await foreach (var entry in transcript.ReadAsync(ct))
        {
            foreach (var run in (entry.AlsoAnswers ?? []).Append(entry.RunId).Where(runs.Contains))
            {
                found.Note(run, entry);
            }
        }

        return found;
    }

    public TranscriptEntry? QuestionOf(Turn turn) => _questions.GetValueOrDefault(turn.RunId);

    public TranscriptEntry? AnswerOf(Turn turn) => _answers.GetValueOrDefault(turn.RunId);

    /// <summary>A step on the way is no answer.</summary>
    private void Note(string run, TranscriptEntry entry)
    {
        switch (entry.Role)
        {
            case TranscriptEntry.User:
                _questions[run] = entry;
                break;
            case TranscriptEntry.Assistant:
                _answers[run] = entry;
                break;
        }
    }
}
