using Chela.Gateway.Bus;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions.Retention;

/// <summary>
/// Deletes files that nothing names any more: no message whose run has not ended, none that waits to be delivered, and no transcript, also of those
/// that no session has. It looks through all of them, and therefore seldom; where one cannot be read, nothing is deleted.
/// </summary>
internal sealed partial class AttachmentSweep(
    BlobFolder blobs, Inbox inbox, Outbox outbox, Transcripts transcripts, TimeProvider time, ILogger<AttachmentSweep> logger)
{
    /// <summary>How old a file is that goes. One that is younger may belong to a message that is just coming in.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Deletes them once a day, and when transcripts have gone.</summary>
    public async Task RunWhenDueAsync(bool hasFreed, CancellationToken ct)
    {
        if (hasFreed || time.GetUtcNow() >= _next)
        {
            await RunAsync(ct);
        }
    }

    /// <summary>Deletes them now.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var began = time.GetUtcNow();
        try
        {
            if (blobs.HasOlderThan(began - Grace))
            {
                var named = await NamedAsync(ct);
                var (files, bytes) = await Task.Run(() => blobs.DeleteOlderThan(began - Grace, named.Contains, ct), ct);
                Log.Deleted(logger, files, bytes);
            }

            _next = began + Period;
        }
        catch (Exception e) when (e is TranscriptException or JournalCorruptException or IOException or UnauthorizedAccessException)
        {
            Log.NotDeleted(logger, e.Message);
        }
    }

    /// <summary>First what the inbox names: a message that leaves it meanwhile stands in its transcript by then.</summary>
    private async Task<HashSet<string>> NamedAsync(CancellationToken ct)
    {
        var named = inbox.Files.Concat(outbox.Files).ToHashSet(StringComparer.Ordinal);
        foreach (var id in transcripts.All)
        {
            named.UnionWith(await NamedInAsync(id, ct));
        }

        return named;
    }

    private async Task<List<string>> NamedInAsync(string id, CancellationToken ct)
    {
        var named = new List<string>();
        try
        {
            await foreach (var record in transcripts.PeekAsync(id, ct))
            {
                if (record.Span.IndexOf("\"attachments\""u8) >= 0)
                {
                    Note(TranscriptEntry.Read(record.Span));
                }
            }
        }
        catch (IOException)
        {
            // A line of it is being written, or it is damaged: whoever opens it learns which.
            using var transcript = transcripts.Open(id);
            await foreach (var entry in transcript.ReadAsync(ct))
            {
                Note(entry);
            }
        }

        return named;

        void Note(TranscriptEntry entry) => named.AddRange((entry.Attachments ?? []).Select(file => file.Sha256));
    }

    private static partial class Log
    {
        [LoggerMessage(1332, LogLevel.Information, "Deleted {Files} files of messages that are gone, {Bytes} bytes")]
        public static partial void Deleted(ILogger logger, int files, long bytes);

        [LoggerMessage(1333, LogLevel.Warning, "Files of messages that are gone could not be told from others, or not be deleted: {Reason}")]
        public static partial void NotDeleted(ILogger logger, string reason);
    }
}
