using System.Text;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>What a model reads of a transcript: from the last summary on, or all of it; never more than the end of a long one.</summary>
/// <param name="Summary">The line that tells what was said before; null where nothing was summarized.</param>
/// <param name="Lines">What was said, oldest first.</param>
internal sealed record Conversation(TranscriptEntry? Summary, IReadOnlyList<TranscriptEntry> Lines)
{
    /// <summary>The most lines of a transcript that are read for a model; the newest count.</summary>
    public const int MaxLines = 1000;

    /// <summary>The same in bytes of the journal.</summary>
    public const long MaxBytes = 4 * ChatIntake.MaxContentBytes;

    /// <summary>How much of what is read at most the lines take, in percent.</summary>
    public long ReadPercent { get; private init; }

    /// <summary>About how many tokens a model makes of it.</summary>
    public long Tokens => TokenEstimate.Of(Summary is null ? Lines : [Summary, .. Lines]);

    public static async Task<Conversation> ReadAsync(Transcript transcript, CancellationToken ct) =>
        Of(await transcript.ReadTailAsync(MaxLines, MaxBytes, ct));

    /// <summary>What a model reads of these, the last lines of a transcript.</summary>
    public static Conversation Of(IReadOnlyList<TranscriptEntry> tail)
    {
        var place = tail.Count - 1;
        while (place >= 0 && tail[place].Compacted is null)
        {
            place--;
        }

        var summary = place >= 0 ? tail[place] : null;
        var lines = place >= 0 ? [.. KeptBy(tail[place], tail.Take(place)), .. tail.Skip(place + 1)] : tail;
        var bytes = lines.Sum(Bytes);
        return new Conversation(summary, [.. DroppedMessages.Fold(lines).Where(line => line.IsForModel)])
        {
            ReadPercent = Math.Max(lines.Count * 100L / MaxLines, bytes * 100 / MaxBytes),
        };
    }

    /// <summary>The same with a newer summary, which stands for the oldest lines.</summary>
    public Conversation With(TranscriptEntry summary, int older) => new(summary, [.. Truncation.From(Lines, older).Select(WithoutUsage)]);

    /// <summary>The lines before a summary that it does not stand for; all that there are when those were too many to be read.</summary>
    private static IEnumerable<TranscriptEntry> KeptBy(TranscriptEntry summary, IEnumerable<TranscriptEntry> before)
    {
        var all = before.Where(line => line.Compacted is null).ToList();
        var first = all.FindIndex(line => line.Id == summary.Compacted!.FirstKeptEntryId);
        return Truncation.From(all, Math.Max(0, first)).Select(WithoutUsage);
    }

    private static long Bytes(TranscriptEntry line) =>
        Encoding.UTF8.GetByteCount(line.Text)
        + (line.Uses?.Sum(use => (long)Encoding.UTF8.GetByteCount(use.Arguments) + Encoding.UTF8.GetByteCount(use.Result)) ?? 0);

    /// <summary>What the provider counted was of the conversation before it was made shorter.</summary>
    private static TranscriptEntry WithoutUsage(TranscriptEntry line) => line.Usage is null ? line : line with { Usage = null };
}
