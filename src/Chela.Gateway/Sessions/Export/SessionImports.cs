using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Export;

/// <summary>The imports under way. One that failed, or that nobody goes on with, is taken back.</summary>
internal sealed class SessionImports(SessionTable sessions, SessionJournal list, Transcripts transcripts, AttachmentStore attachments, TimeProvider time) : IDisposable
{
    /// <summary>The most lines of one call.</summary>
    public const int MaxLinesOfCall = 10_000;

    /// <summary>The most imports under way.</summary>
    public const int MaxAtOnce = 8;

    /// <summary>How long one may wait for its next lines.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, StagedImport> _staged = new(StringComparer.Ordinal);

    /// <summary>Takes the next lines of a session, and with the last ones adds it to the list.</summary>
    /// <exception cref="RpcException">There is such a session, too many imports are under way, or the lines are refused; nothing of it stays.</exception>
    public async Task<SessionsImportResult> AddAsync(SessionKey key, SessionsImportParams parameters, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await ForgetOldAsync();
            var staged = parameters.ImportId is { } id ? Find(key, id) : await BeginAsync(key);
            try
            {
                await staged.AddAsync(parameters.Lines);
                return parameters.Done == true ? await PublishAsync(staged) : Result(staged) with { ImportId = staged.Id };
            }
            catch (RpcException)
            {
                await RemoveAsync(staged);
                throw;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private StagedImport Find(SessionKey key, string id)
    {
        if (!_staged.TryGetValue(id, out var staged) || staged.Key != key)
        {
            throw new RpcException(RpcErrorKind.NotFound, "no such import is under way; begin again with the first line");
        }

        staged.UsedAtMs = NowMs();
        return staged;
    }

    private async Task<StagedImport> BeginAsync(SessionKey key)
    {
        if (sessions.Find(key) is not null)
        {
            throw Taken(key);
        }

        if (_staged.Count >= MaxAtOnce)
        {
            throw new RpcException(new RpcError(RpcErrorKind.TooMany, $"{MaxAtOnce} imports are under way") { RetryAfterMs = 10_000 });
        }

        try
        {
            await list.BeginAsync();
        }
        catch (JournalWriteException)
        {
            throw NotWritten();
        }

        var id = Guid.NewGuid().ToString();
        return _staged[id] = new StagedImport(key, transcripts.Open(id), attachments, id, NowMs()) { UsedAtMs = NowMs() };
    }

    private async Task<SessionsImportResult> PublishAsync(StagedImport staged)
    {
        try
        {
            if (!await sessions.TryAddAsync(staged.Key, staged.Entry))
            {
                throw Taken(staged.Key);
            }
        }
        catch (JournalWriteException)
        {
            throw NotWritten();
        }

        _staged.Remove(staged.Id);
        staged.Dispose();
        return Result(staged) with { SessionId = staged.Id };
    }

    private async Task ForgetOldAsync()
    {
        var oldest = NowMs() - (long)Patience.TotalMilliseconds;
        foreach (var staged in _staged.Values.Where(staged => staged.UsedAtMs < oldest).ToList())
        {
            await RemoveAsync(staged);
        }
    }

    private async Task RemoveAsync(StagedImport staged)
    {
        _staged.Remove(staged.Id);
        using (staged)
        {
            try
            {
                await staged.DiscardAsync();
            }
            catch (JournalWriteException)
            {
                // It stands in no list; what nobody refers to is cleaned up in time.
            }
        }
    }

    private static SessionsImportResult Result(StagedImport staged) => new(staged.Key.Value, staged.Imported, staged.Skipped);

    private static RpcException NotWritten() =>
        new(RpcErrorKind.Unavailable, "the session could not be written to disk; is the disk full?");

    private static RpcException Taken(SessionKey key) =>
        new(RpcErrorKind.Conflict, $"there is a session {key}; delete it first, or import under another key");

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
