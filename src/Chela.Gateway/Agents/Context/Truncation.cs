using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>Leaves out the oldest of a conversation until the rest fits into a model's context.</summary>
internal static class Truncation
{
    /// <summary>
    /// The newest lines that fit. Questions go together with what was answered to them, the oldest first; the newest stay, even when they do
    /// not fit. The same lines always give the same.
    /// </summary>
    /// <param name="lines">What a model may read, oldest first.</param>
    /// <param name="tokens">How many it may be made of.</param>
    public static IReadOnlyList<TranscriptEntry> Fit(IReadOnlyList<TranscriptEntry> lines, long tokens) =>
        [.. lines.Skip(Begin(lines, TokenEstimate.Of(lines), tokens, int.MaxValue))];

    /// <summary>How many of the oldest a summary is to stand for, so that the rest is no more than this; the newest stay in any case.</summary>
    public static int CountOlder(IReadOnlyList<TranscriptEntry> lines, long tokens, int maxLines) =>
        Begin(lines, lines.Sum(TokenEstimate.Of), tokens, maxLines);

    private static int Begin(IReadOnlyList<TranscriptEntry> lines, long all, long tokens, int maxLines)
    {
        var (begin, rest) = (0, all);
        while ((rest > tokens || lines.Count - begin > maxLines) && NextAfter(lines, begin) is var next && next < lines.Count)
        {
            rest -= lines.Take(begin..next).Sum(TokenEstimate.Of);
            begin = next;
        }

        return begin;
    }

    /// <summary>Where the next questions begin; the end when there are none.</summary>
    private static int NextAfter(IReadOnlyList<TranscriptEntry> lines, int begin)
    {
        var next = begin + 1;
        while (next < lines.Count && !(lines[next].Role == TranscriptEntry.User && lines[next - 1].Role != TranscriptEntry.User))
        {
            next++;
        }

        return next;
    }
}
