using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents;

/// <summary>Messages that lost their places in a full lane: they stand in the transcript, and have no answer.</summary>
internal static class DroppedMessages
{
    /// <summary>What the user reads in place of the answer.</summary>
    public const string Sentence = "Too many messages waited in this session, and this one was the oldest. Send it again to get an answer.";

    private const int BeginningChars = 120;

    /// <summary>How the end of such a run is written down.</summary>
    public static string StopReasonOf(QueueDrop how) => how == QueueDrop.Summarize ? StopReasons.Summarized : StopReasons.Dropped;

    /// <summary>A transcript as a model reads it: without these messages, or with one note of how they began in place of several.</summary>
    public static IEnumerable<TranscriptEntry> Fold(IReadOnlyList<TranscriptEntry> entries)
    {
        var dropped = entries
            .Where(entry => entry.StopReason is StopReasons.Dropped or StopReasons.Summarized)
            .DistinctBy(entry => entry.RunId)
            .ToDictionary(entry => entry.RunId, entry => entry.StopReason, StringComparer.Ordinal);
        var noted = new List<TranscriptEntry>();
        foreach (var entry in entries)
        {
            if (dropped.TryGetValue(entry.RunId, out var how))
            {
                noted.AddRange(how == StopReasons.Summarized && entry.Role == TranscriptEntry.User ? [entry] : []);
                continue;
            }

            if (noted.Count > 0)
            {
                yield return Note(noted);
                noted.Clear();
            }

            yield return entry;
        }

        if (noted.Count > 0)
        {
            yield return Note(noted);
        }
    }

    private static TranscriptEntry Note(List<TranscriptEntry> messages) => messages[0] with
    {
        Attachments = null,
        Text = $"[{messages.Count} earlier messages came faster than they could be answered. They began:]\n"
            + string.Join('\n', messages.Select(message => $"- {SessionProgress.Beginning(message.Gist, BeginningChars)}")),
    };
}
