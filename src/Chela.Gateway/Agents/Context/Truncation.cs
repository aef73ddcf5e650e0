using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>Leaves out the oldest of a conversation until the rest fits into a model's context.</summary>
internal static class Truncation
{
    /// <summary>
    /// The newest lines that fit. Questions go together with what was answered to them, the oldest first; of the last questions, while they are being
    /// answered, the oldest steps go. The newest stay, even when they do not fit. The same lines always give the same.
    /// </summary>
    /// <param name="lines">What a model may read, oldest first.</param>
    /// <param name="tokens">How many it may be made of.</param>
    public static IReadOnlyList<TranscriptEntry> Fit(IReadOnlyList<TranscriptEntry> lines, long tokens) =>
        From(lines, Begin(lines, TokenEstimate.Of(lines), tokens, int.MaxValue));

    /// <summary>How many of the oldest a summary is to stand for, so that the rest is no more than this; the newest stay in any case.</summary>
    public static int CountOlder(IReadOnlyList<TranscriptEntry> lines, long tokens, int maxLines) =>
        Begin(lines, lines.Sum(TokenEstimate.Of), tokens, maxLines);

    /// <summary>What stays when the lines before this one go: where it is a step, also the questions that it is on the way to answer.</summary>
    public static IReadOnlyList<TranscriptEntry> From(IReadOnlyList<TranscriptEntry> lines, int begin)
    {
        if (begin >= lines.Count || lines[begin].Role != TranscriptEntry.Step)
        {
            return [.. lines.Skip(begin)];
        }

        var questions = begin;
        while (questions > 0 && !IsQuestionsBegin(lines, questions))
        {
            questions--;
        }

        return [.. lines.Take(questions..begin).TakeWhile(line => line.Role == TranscriptEntry.User), .. lines.Skip(begin)];
    }

    private static int Begin(IReadOnlyList<TranscriptEntry> lines, long all, long tokens, int maxLines)
    {
        var (begin, rest) = (0, all);
        while ((rest > tokens || lines.Count - begin > maxLines) && NextAfter(lines, begin) is var next && next < lines.Count)
        {
            rest -= lines.Take(begin..next).Sum(TokenEstimate.Of);
            begin = next;
        }

        if (lines.Count == 0 || lines[^1].Role != TranscriptEntry.Step)
        {
            return begin;
        }

        var step = begin;
        while (step < lines.Count - 1 && (rest > tokens || lines.Count - step > maxLines))
        {
            rest -= lines[step].Role == TranscriptEntry.User ? 0 : TokenEstimate.Of(lines[step]); // the questions stay
            step++;
            begin = lines[step].Role == TranscriptEntry.User ? begin : step;
        }

        return begin;
    }

    /// <summary>Where the next questions begin; the end when there are none.</summary>
    private static int NextAfter(IReadOnlyList<TranscriptEntry> lines, int begin)
    {
        var next = begin + 1;
        while (next < lines.Count && !IsQuestionsBegin(lines, next))
        {
            next++;
        }

        return next;
    }

    private static bool IsQuestionsBegin(IReadOnlyList<TranscriptEntry> lines, int place) =>
        lines[place].Role == TranscriptEntry.User && (place == 0 || lines[place - 1].Role != TranscriptEntry.User);
}
