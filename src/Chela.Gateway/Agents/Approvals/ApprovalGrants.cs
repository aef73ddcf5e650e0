using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>What was allowed for good, and by whom.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Subject">See <see cref="ApprovalSubject.Name"/>.</param>
/// <param name="By">Who decided.</param>
/// <param name="AtMs">When, in Unix milliseconds.</param>
internal sealed record ApprovalGrant(string AgentId, string Subject, string By, long AtMs)
{
    public bool IsOf(string agentId, string subject) => AgentId == agentId && Subject == subject;
}

/// <summary>
/// What need not be asked again: for a session in memory, for good in a file. A file that cannot be read grants nothing, and is left as it is.
/// </summary>
internal sealed partial class ApprovalGrants(DocumentFile file, ILogger<ApprovalGrants> logger) : IDisposable
{
    /// <summary>The most that is kept of each kind; beyond it the oldest are asked for again.</summary>
    public const int MostGrants = 1_000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<(string SessionKey, string Subject)> _ofSessions = [];
    private List<ApprovalGrant>? _lasting;
    private bool _isUnreadable;

    /// <summary>The file.</summary>
    public string Path => file.Path;

    /// <summary>True when nobody need be asked.</summary>
    public async Task<bool> CoversAsync(ApprovalSubject subject, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return _ofSessions.Contains((subject.SessionKey, subject.Name))
                || (await LastingAsync(ct)).Exists(grant => grant.IsOf(subject.AgentId, subject.Name));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Allows it for the session.</summary>
    public async Task AddForSessionAsync(ApprovalSubject subject, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        _ofSessions.Add((subject.SessionKey, subject.Name));
        _ofSessions.RemoveRange(0, Math.Max(0, _ofSessions.Count - MostGrants));
        _turn.Release();
    }

    /// <summary>Allows it for good; returns when that is on disk.</summary>
    /// <exception cref="IOException">The disk refuses: nothing was allowed.</exception>
    public async Task AddForGoodAsync(ApprovalSubject subject, string by, long atMs, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var others = (await LastingAsync(ct)).FindAll(grant => !grant.IsOf(subject.AgentId, subject.Name));
            List<ApprovalGrant> all = [.. others, new(subject.AgentId, subject.Name, by, atMs)];
            all.RemoveRange(0, Math.Max(0, all.Count - MostGrants));
            await WriteAsync(all);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>All that is allowed for good.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<IReadOnlyList<ApprovalGrant>> ReadAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await ReadableAsync(ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Allows other things for good than until now; returns when that is on disk. What is taken back is asked for again, also where a session had it.</summary>
    /// <param name="choose">Given what is allowed, says what is to be.</param>
    /// <exception cref="IOException">The disk refuses, or the file cannot be read: nothing was changed.</exception>
    public async Task<IReadOnlyList<ApprovalGrant>> ReplaceAsync(Func<IReadOnlyList<ApprovalGrant>, IReadOnlyList<ApprovalGrant>> choose, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var before = await ReadableAsync(ct);
            List<ApprovalGrant> after = [.. choose(before)];
            await WriteAsync(after);
            foreach (var gone in before.Where(grant => !after.Exists(other => other.IsOf(grant.AgentId, grant.Subject))))
            {
                _ofSessions.RemoveAll(one => one.Subject == gone.Subject && IsOfAgent(one.SessionKey, gone.AgentId));
            }

            return after;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Allows an agent that is gone nothing any more; returns when that is on disk.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task ForgetAsync(string agentId)
    {
        await _turn.WaitAsync();
        try
        {
            _ofSessions.RemoveAll(grant => IsOfAgent(grant.SessionKey, agentId));
            var all = await LastingAsync(CancellationToken.None);
            if (all.Exists(grant => grant.AgentId == agentId))
            {
                await WriteAsync(all.FindAll(grant => grant.AgentId != agentId));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static bool IsOfAgent(string sessionKey, string agentId) => sessionKey.StartsWith($"agent:{agentId}:", StringComparison.Ordinal);

    private async Task<List<ApprovalGrant>> ReadableAsync(CancellationToken ct)
    {
        var all = await LastingAsync(ct);
        return _isUnreadable ? throw new IOException($"{file.Path} cannot be read, and is not overwritten.") : all;
    }

    private async Task WriteAsync(List<ApprovalGrant> all)
    {
        await ReadableAsync(CancellationToken.None);
        await file.WriteAsync(StoredJson.ToBytes(new GrantDocument(all), GrantJson.Default.GrantDocument), CancellationToken.None);
        _lasting = all;
    }

    private async Task<List<ApprovalGrant>> LastingAsync(CancellationToken ct)
    {
        if (_lasting is { } known)
        {
            return known;
        }

        try
        {
            var bytes = await file.ReadAsync(ct);
            _lasting = bytes is null ? [] : [.. JsonSerializer.Deserialize(bytes, GrantJson.Default.GrantDocument)!.Grants];
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(logger, file.Path, e.Message);
            (_lasting, _isUnreadable) = ([], true);
        }

        return _lasting;
    }

    private static partial class Log
    {
        [LoggerMessage(1470, LogLevel.Error, "What was approved for good cannot be read from {Path}; it is asked for again: {Reason}")]
        public static partial void Unreadable(ILogger logger, string path, string reason);
    }
}

/// <summary>The file.</summary>
internal sealed record GrantDocument(IReadOnlyList<ApprovalGrant> Grants);

/// <summary>JSON types of the file.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(GrantDocument))]
internal sealed partial class GrantJson : JsonSerializerContext;
