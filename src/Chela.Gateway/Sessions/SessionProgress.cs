namespace Chela.Gateway.Sessions;

/// <summary>What a finished run changes in what is known of its session.</summary>
internal static class SessionProgress
{
    private const int TitleChars = 60;
    private const int PreviewChars = 120;

    public static SessionEntry After(SessionEntry entry, TranscriptEntry question, TranscriptEntry answer, long messageCount) => entry with
    {
        MessageCount = (int)messageCount,
        LastInteractionAtMs = Math.Max(question.TimestampMs, entry.LastInteractionAtMs ?? 0),
        Title = entry.Title ?? Beginning(question.Gist, TitleChars),
        Preview = Beginning(answer.Text.Length > 0 ? answer.Text : answer.Error ?? "", PreviewChars),
        LastRunId = answer.RunId,
        Status = answer.StopReason switch
        {
            StopReasons.Stop => "done",
            StopReasons.Aborted => "killed",
            _ => "failed",
        },
        InputTokens = answer.Usage?.Input ?? entry.InputTokens,
        OutputTokens = answer.Usage?.Output ?? entry.OutputTokens,
        TotalTokens = answer.Usage?.TotalTokens ?? entry.TotalTokens,
        Model = answer.Model ?? entry.Model,
    };

    /// <summary>What a note changes.</summary>
    public static SessionEntry With(SessionEntry entry, TranscriptEntry note, long messageCount) => entry with
    {
        MessageCount = (int)messageCount,
        Preview = Beginning(note.Text, PreviewChars),
    };

    /// <summary>What a summary changes.</summary>
    public static SessionEntry Compacted(SessionEntry entry, long tokensAfter, long messageCount) => entry with
    {
        MessageCount = (int)messageCount,
        TotalTokens = tokensAfter,
        CompactionCount = entry.CompactionCount + 1,
        CompactionFailure = null,
    };

    /// <summary>What is known of a session whose transcript came from elsewhere.</summary>
    public static SessionEntry Of(SessionEntry entry, TranscriptEntry? question, TranscriptEntry? last, long messageCount) => entry with
    {
        MessageCount = (int)messageCount,
        Title = question is null ? null : Beginning(question.Gist, TitleChars),
        Preview = last is null ? null : Beginning(last.Gist, PreviewChars),
    };

    /// <summary>The beginning of the first line.</summary>
    public static string Beginning(string text, int maxChars)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        if (line.Length <= maxChars)
        {
            return line.ToString();
        }

        var cut = char.IsHighSurrogate(line[maxChars - 1]) ? maxChars - 1 : maxChars;
        return $"{line[..cut]}…";
    }
}
