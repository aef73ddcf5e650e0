using System.Text;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Sessions.Export;

/// <summary>A session that is being imported: its transcript grows on disk, and nobody sees it before its last line.</summary>
internal sealed class StagedImport(SessionKey key, Transcript transcript, AttachmentStore attachments, string id, long nowMs) : IDisposable
{
    /// <summary>The most bytes of one import.</summary>
    public const long MaxBytes = 512L * 1024 * 1024;

    private readonly FilePieces _files = new(attachments);
    private long? _createdAtMs;
    private long _line;
    private long _bytes;
    private string? _lastRun;
    private TranscriptEntry? _first;
    private TranscriptEntry? _last;

    public SessionKey Key => key;

    /// <summary>The id that the session will have.</summary>
    public string Id => id;

    public long Imported { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>When its last lines came.</summary>
    public long UsedAtMs { get; set; }

    /// <summary>What the list of sessions will know of it.</summary>
    public SessionEntry Entry => SessionProgress.Of(new SessionEntry(key.Value, id, _createdAtMs ?? nowMs), _first, _last, Imported);

    /// <summary>Takes lines; returns when they are on disk.</summary>
    /// <exception cref="RpcException">A line is not of the format, it is too much, or the disk refuses. The import is over.</exception>
    public async Task AddAsync(IReadOnlyList<string> lines)
    {
        var written = new List<Task>();
        try
        {
            foreach (var line in lines)
            {
                _line++;
                if (await ReadAsync(line) is { } entry)
                {
                    written.Add(transcript.AppendAsync(entry));
                }
            }
        }
        catch (JsonException e)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"line {_line} is not of an exported session: {e.Message}");
        }
        finally
        {
            await Task.WhenAll(written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            await Task.WhenAll(written);
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }
    }

    /// <summary>Removes what was written.</summary>
    public Task DiscardAsync() => transcript.DeleteAsync(CancellationToken.None);

    public void Dispose() => transcript.Dispose();

    private async Task<TranscriptEntry?> ReadAsync(string text)
    {
        _bytes += Encoding.UTF8.GetByteCount(text);
        if (_bytes > MaxBytes)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"an imported session has at most {MaxBytes} bytes");
        }

        var line = ExportFormat.Read(text);
        if (_createdAtMs is null)
        {
            _createdAtMs = line.Type == ExportLine.Head
                ? line.Timestamp?.ToUnixTimeMilliseconds() ?? nowMs
                : throw new JsonException("the first line has the type session");
            return null;
        }

        if (line.Type == ExportLine.File)
        {
            Skipped += await _files.AddAsync(line) ? 0 : 1;
            return null;
        }

        if (ExportFormat.EntryOf(line, _lastRun, nowMs) is not { } entry)
        {
            Skipped++;
            return null;
        }

        Imported++;
        _first ??= entry.Role == TranscriptEntry.User ? entry : null;
        _last = entry.Compacted is null ? entry : _last;
        _lastRun = entry.Role == TranscriptEntry.User ? entry.RunId : _lastRun;
        return entry;
    }
}
