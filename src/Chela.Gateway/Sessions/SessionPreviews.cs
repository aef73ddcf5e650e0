using Chela.Contracts.Errors;

namespace Chela.Gateway.Sessions;

/// <summary>Shows the newest messages of several sessions in short. One that cannot be read does not hide the others.</summary>
internal sealed class SessionPreviews(SessionTable sessions, SessionKeys keys, Transcripts transcripts, TimeProvider time)
{
    private const int DefaultLimit = 12;
    private const int DefaultChars = 240;

    /// <summary>What is read of one transcript at most, in bytes.</summary>
    private const long MaxBytes = 256 * 1024;

    public async ValueTask<SessionsPreviewResult> OfAsync(SessionsPreviewParams query, CancellationToken ct)
    {
        var previews = new List<SessionPreview>(query.Keys.Count);
        foreach (var key in query.Keys)
        {
            previews.Add(await OfAsync(key, query.Limit ?? DefaultLimit, query.MaxChars ?? DefaultChars, ct));
        }

        return new SessionsPreviewResult(time.GetUtcNow().ToUnixTimeMilliseconds(), previews);
    }

    private async ValueTask<SessionPreview> OfAsync(string text, int limit, int maxChars, CancellationToken ct)
    {
        try
        {
            if (sessions.Find(keys.Resolve(text, null)) is not { } session)
            {
                return new SessionPreview(text, "missing", []);
            }

            using var transcript = transcripts.Open(session.SessionId);
            var entries = await transcript.ReadTailAsync(limit, MaxBytes, ct);
            PreviewItem[] items = [.. entries.Where(entry => entry is { Gist.Length: > 0, Compacted: null }).Select(entry => new PreviewItem(entry.Role, Shorten(entry.Gist, maxChars)))];
            return new SessionPreview(text, items.Length > 0 ? "ok" : "empty", items);
        }
        catch (TranscriptException)
        {
            return new SessionPreview(text, "error", []);
        }
        catch (RpcException)
        {
            return new SessionPreview(text, "missing", []); // not even a key
        }
    }

    private static string Shorten(string text, int maxChars)
    {
        if (text.Length <= maxChars)
        {
            return text;
        }

        var cut = maxChars - 3;
        return $"{text.AsSpan(0, char.IsHighSurrogate(text[cut - 1]) ? cut - 1 : cut)}...";
    }
}
