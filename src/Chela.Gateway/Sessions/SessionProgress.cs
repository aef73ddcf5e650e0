namespace Chela.Gateway.Sessions;

/// <summary>What a finished run changes in what is known of its session.</summary>
internal static class SessionProgress
{
    private const int TitleChars = 60;
    private const int PreviewChars = 120;

    public static SessionEntry After(SessionEntry entry, TranscriptEntry question, TranscriptEntry answer, long messageCount) => entry with
    {
        MessageCount = (int)messageCount,
        Title = entry.Title ?? Beginning(question.Text, TitleChars),
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

    private static string Beginning(string text, int maxChars)
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
