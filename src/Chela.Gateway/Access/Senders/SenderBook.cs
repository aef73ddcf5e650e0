using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Access.Senders;

/// <summary>
/// Who was let in by a code, and who waits for it. A stranger who writes gets a code; whoever runs the gateway lets them in by it. Kept in one file:
/// a change is on disk before it counts.
/// </summary>
internal sealed class SenderBook(DocumentFile file, TimeProvider time) : IDisposable
{
    /// <summary>How many may wait at one account; more strangers hear nothing (08-channels § 2.2).</summary>
    public const int MaxWaiting = 3;

    /// <summary>The most that were let in, at all accounts together.</summary>
    public const int MaxPaired = 10_000;

    /// <summary>The length of a code.</summary>
    public const int CodeLength = 8;

    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // without what looks alike

    /// <summary>How long a code is good.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile SenderDocument _document = new([], []);
    private volatile FrozenSet<(string, string, string)> _paired = FrozenSet<(string, string, string)>.Empty;

    /// <summary>Reads the file; to be called once, before channels start.</summary>
    /// <exception cref="InvalidDataException">The file is not what this program writes.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        try
        {
            if (await file.ReadAsync(ct) is { } bytes)
            {
                Hold(JsonSerializer.Deserialize(bytes, SenderJson.Default.SenderDocument)!);
            }
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file.Path} is damaged: {e.Message}; restore one of its backups, or delete it to let everybody in anew", e);
        }
    }

    /// <summary>True for somebody who was let in.</summary>
    public bool IsPaired(string channel, string account, string senderId) => _paired.Contains((channel, account, senderId));

    /// <summary>Those who wait, oldest first.</summary>
    public IReadOnlyList<WaitingSender> Waiting => Valid(_document);

    /// <summary>Those who were let in.</summary>
    public IReadOnlyList<PairedSender> Paired => _document.Paired;

    /// <summary>Gives a stranger a code. Returns when it is on disk.</summary>
    /// <returns>The code; null where they have one already, or too many wait.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task<string?> AskAsync(ReplyTarget chat, string senderId, string? name, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var (channel, account) = (chat.Channel, chat.Account);
            var waiting = Valid(_document);
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (waiting.FirstOrDefault(one => one.IsOf(channel, account) && one.SenderId == senderId) is { } known)
            {
                _document = _document with { Waiting = [.. waiting.Select(one => one == known ? known with { LastSeenAtMs = now } : one)] };
                return null;
            }

            if (waiting.Count(one => one.IsOf(channel, account)) >= MaxWaiting)
            {
                return null;
            }

            var code = RandomNumberGenerator.GetString(Alphabet, CodeLength);
            await WriteAsync(_document with { Waiting = [.. waiting, new(channel, account, senderId, chat.Chat, code, now, now) { Name = name }] });
            return code;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets somebody in; returns when that is on disk.</summary>
    /// <param name="code">The code, in whatever case.</param>
    /// <param name="by">Who lets them in.</param>
    /// <exception cref="RpcException">Nobody waits with such a code, or too many were let in.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task<WaitingSender> ApproveAsync(string channel, string account, string code, string by) => TakeAsync(channel, account, code, (document, one) =>
        document.Paired.Count < MaxPaired
            ? document with { Paired = [.. document.Paired, new(channel, account, one.SenderId, by, time.GetUtcNow().ToUnixTimeMilliseconds()) { Name = one.Name }] }
            : throw new RpcException(RpcErrorKind.TooMany, $"{MaxPaired} senders were let in; remove one with channels.pairing.remove first"));

    /// <summary>Lets somebody not in; returns when that is on disk. Who writes again gets another code.</summary>
    /// <exception cref="RpcException">Nobody waits with such a code.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task<WaitingSender> DismissAsync(string channel, string account, string code) => TakeAsync(channel, account, code, (document, _) => document);

    /// <summary>Lets people in who need no code, as many as there is room for; returns when that is on disk.</summary>
    /// <returns>How many were not in before.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task<int> AdoptAsync(string channel, string account, IEnumerable<string> senderIds, string by)
    {
        await _turn.WaitAsync();
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            PairedSender[] others = [.. senderIds.Where(id => !IsPaired(channel, account, id)).Take(MaxPaired - _document.Paired.Count).Select(id => new PairedSender(channel, account, id, by, now))];
            if (others.Length > 0)
            {
                await WriteAsync(_document with { Paired = [.. _document.Paired, .. others] });
            }

            return others.Length;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Shuts somebody out who was let in; returns when that is on disk.</summary>
    /// <returns>False where nobody of this id was.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task<bool> RemoveAsync(string channel, string account, string senderId)
    {
        await _turn.WaitAsync();
        try
        {
            PairedSender[] left = [.. _document.Paired.Where(one => (one.Channel, one.Account, one.SenderId) != (channel, account, senderId))];
            var isGone = left.Length < _document.Paired.Count;
            if (isGone)
            {
                await WriteAsync(_document with { Paired = left });
            }

            return isGone;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<WaitingSender> TakeAsync(string channel, string account, string code, Func<SenderDocument, WaitingSender, SenderDocument> change)
    {
        await _turn.WaitAsync();
        try
        {
            var waiting = Valid(_document);
            var one = waiting.FirstOrDefault(one => one.IsOf(channel, account) && string.Equals(one.Code, code, StringComparison.OrdinalIgnoreCase))
                ?? throw new RpcException(RpcErrorKind.NotFound, $"nobody waits at {channel}/{account} with this code; channels.pairing.list shows who does");
            await WriteAsync(change(_document with { Waiting = [.. waiting.Where(other => other != one)] }, one));
            return one;
        }
        finally
        {
            _turn.Release();
        }
    }

    private IReadOnlyList<WaitingSender> Valid(SenderDocument document)
    {
        var since = (time.GetUtcNow() - Validity).ToUnixTimeMilliseconds();
        return [.. document.Waiting.Where(one => one.AskedAtMs > since)];
    }

    private async Task WriteAsync(SenderDocument document)
    {
        await file.WriteAsync(StoredJson.ToBytes(document, SenderJson.Default.SenderDocument), CancellationToken.None);
        Hold(document);
    }

    private void Hold(SenderDocument document)
    {
        _document = document;
        _paired = document.Paired.Select(one => (one.Channel, one.Account, one.SenderId)).ToFrozenSet();
    }
}
