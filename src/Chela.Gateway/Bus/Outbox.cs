using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>
/// The messages on their way to channels, one target's in order. A message is in it from before its run has ended until it arrived, or until a
/// person dropped it; what a step says is on disk before it counts.
/// </summary>
internal sealed partial class Outbox(Journal journal, GatewayMeter meter, TimeProvider time, ILogger<Outbox> logger)
{
    /// <summary>With so many waiting, in all or for one target, or so many characters, no more questions are taken in.</summary>
    public const int MaxWaiting = 10_000;

    public const int MaxWaitingPerTarget = 1_000;

    public const long MaxChars = 32 * 1024 * 1024;

    /// <summary>How many dead letters are kept; the oldest are dropped first.</summary>
    public const int MaxDead = 1_000;

    /// <summary>How many messages that are over are remembered, so that none comes in again.</summary>
    public const int MaxRemembered = 10_000;

    private const long CompactAfterBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly OutboxTable _table = new();
    private long _compactAtBytes = CompactAfterBytes;
    private int _underWay;
    private TaskCompletionSource? _closed;

    /// <summary>Told of each target for which something came. Set once, before anything comes.</summary>
    public Action<ReplyTarget> Arrived { get; set; } = _ => { };

    /// <summary>The last rewriting of the journal; awaited when the gateway stops.</summary>
    public Task Compaction { get; private set; } = Task.CompletedTask;

    public IReadOnlyList<OutboxItem> All => Look(table => table.All);

    public IReadOnlyList<ReplyTarget> Targets => Look(table => table.Targets);

    /// <summary>How many messages wait.</summary>
    public int Depth => Look(table => table.Waiting);

    /// <summary>How many were given up.</summary>
    public int Dead => Look(table => table.Dead);

    /// <summary>The files of what waits or was given up, by hash.</summary>
    public IReadOnlyList<string> Files => Look(table => (string[])[.. table.All.SelectMany(item => item.Message.Files).Select(file => file.Sha256)]);

    /// <summary>True for a message that is there, or was.</summary>
    public bool Knows(string id) => Look(table => table.Knows(id));

    /// <summary>True for a message that waits or was given up.</summary>
    public bool Holds(string id) => Look(table => table.Find(id) is not null);

    /// <summary>Reads what earlier processes left.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        await foreach (var line in journal.ReadAsync(ct))
        {
            _table.Apply(JsonSerializer.Deserialize(line.Span, BusJson.Default.OutboxRecord)!);
        }
    }

    /// <summary>
    /// False when so much waits that no question should be taken in whose answer goes there. What was taken in before is answered: the lanes
    /// bound how much that is.
    /// </summary>
    public bool HasRoomFor(ReplyTarget target) => Look(table =>
        table.Waiting < MaxWaiting && table.WaitingFor(target) < MaxWaitingPerTarget && table.Chars < MaxChars);

    /// <summary>The message that a target gets next; null when none waits.</summary>
    public OutboxItem? Next(ReplyTarget target) => Look(table => table.Next(target));

    /// <summary>Puts a message in; returns when it is on disk. One that is or was there changes nothing.</summary>
    /// <returns>False when the disk refuses.</returns>
    public async ValueTask<bool> TryEnqueueAsync(OutboundMessage message)
    {
        if (!Knows(message.Id) && !await TryWriteAsync(new OutboxItem(message with { TraceParent = Traces.Here }).ToRecord()))
        {
            return false;
        }

        Arrived(message.Target);
        return true;
    }

    /// <summary>Notes where a message is cut; returns when that is on disk.</summary>
    public Task CutAsync(OutboxItem item, IReadOnlyList<int> pieces, CancellationToken ct) =>
        WriteAsync(New(OutboxRecord.Cut, item) with { Pieces = pieces }, ct);

    /// <summary>Notes a try of the next piece. Need not be on disk at once: at worst one try does not count.</summary>
    /// <returns>How many tries there were with this one.</returns>
    public int Sending(OutboxItem item)
    {
        lock (_gate)
        {
            var attempts = (_table.Find(item.Message.Id)?.Attempts ?? 0) + 1;
            var record = New(OutboxRecord.Sending, item) with { Attempts = attempts };
            _table.Apply(record);
            try
            {
                journal.Append(Serialize(record));
            }
            catch (JournalWriteException)
            {
                // As said above.
            }

            return attempts;
        }
    }

    /// <summary>Notes that the next piece arrived; returns when that is on disk.</summary>
    public async Task SentAsync(OutboxItem item, string? messageId, CancellationToken ct)
    {
        var arrived = item.Arrived + 1;
        await WriteAsync(New(OutboxRecord.Sent, item) with { Arrived = arrived, MessageId = messageId }, ct);
        if (arrived >= item.Count)
        {
            meter.Delivered(item.Message.Target.Channel, NowMs() - item.Message.TimestampMs);
        }
    }

    /// <summary>Gives a message up; it stays as a dead letter.</summary>
    public Task FailAsync(OutboxItem item, string reason, CancellationToken ct) =>
        WriteAsync(New(OutboxRecord.Failed, item) with { Reason = reason }, ct);

    /// <summary>Puts a dead letter behind what waits for its target.</summary>
    public async ValueTask<OutboxChange> RetryAsync(string id)
    {
        if (Look(table => table.Find(id)) is not { } item)
        {
            return OutboxChange.Unknown;
        }

        if (!item.IsDead)
        {
            return OutboxChange.NotFailed;
        }

        if (!await TryWriteAsync(New(OutboxRecord.Retried, item)))
        {
            return OutboxChange.NotWritten;
        }

        Arrived(item.Message.Target);
        return OutboxChange.Done;
    }

    /// <summary>Takes a message out, whether it waits or was given up. A piece that is just being sent may still arrive.</summary>
    public async ValueTask<OutboxChange> DropAsync(string id)
    {
        if (Look(table => table.Find(id)) is not { } item)
        {
            return OutboxChange.Unknown;
        }

        if (!await TryWriteAsync(New(OutboxRecord.Dropped, item)))
        {
            return OutboxChange.NotWritten;
        }

        await item.Gone.CancelAsync();
        return OutboxChange.Done;
    }

    private OutboxRecord New(string kind, OutboxItem item) => new(kind, item.Message.Id, NowMs());

    private T Look<T>(Func<OutboxTable, T> look)
    {
        lock (_gate)
        {
            return look(_table);
        }
    }

    /// <summary>Tries until the disk takes it: what it tells of has happened.</summary>
    private async Task WriteAsync(OutboxRecord record, CancellationToken ct)
    {
        for (var wait = FirstRetry; !await TryWriteAsync(record); wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry)
        {
            await Task.Delay(wait, time, ct);
        }
    }

    /// <summary>Writes a step, and takes it into the table when it is on disk.</summary>
    private async ValueTask<bool> TryWriteAsync(OutboxRecord record)
    {
        var written = false;
        var append = await BeginAsync(record);
        try
        {
            await append;
            written = true;
        }
        catch (JournalWriteException e)
        {
            Log.NotWritten(logger, record.Kind, record.Id, e.Message);
        }

        lock (_gate)
        {
            _underWay--;
            if (written)
            {
                _table.Apply(record);
            }

            CompactIfDue();
        }

        return written;
    }

    /// <summary>Begins an append, once the journal is not about to be written anew.</summary>
    private async ValueTask<Task> BeginAsync(OutboxRecord record)
    {
        while (true)
        {
            Task closed;
            lock (_gate)
            {
                if (_closed is null)
                {
                    _underWay++;
                    return journal.AppendAsync(Serialize(record), CancellationToken.None).AsTask();
                }

                closed = _closed.Task;
            }

            await closed;
        }
    }

    /// <summary>Writes the journal anew when it has grown; not while a step is on its way to the disk, for the table lacks that one.</summary>
    private void CompactIfDue()
    {
        if (journal.Bytes >= _compactAtBytes)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (_closed is null || _underWay > 0)
        {
            return;
        }

        _compactAtBytes = long.MaxValue;
        Compaction = CompactAsync(_table.ToRecords(NowMs()));
        _closed.SetResult();
        _closed = null;
    }

    private async Task CompactAsync(IReadOnlyList<OutboxRecord> records)
    {
        try
        {
            await journal.ReplaceAsync(records.Select(record => (ReadOnlyMemory<byte>)Serialize(record)), CancellationToken.None);
        }
        catch (JournalWriteException)
        {
            // The old journal still holds everything; the next try comes after as much growth again.
        }

        lock (_gate)
        {
            _compactAtBytes = journal.Bytes + CompactAfterBytes;
        }
    }

    private static byte[] Serialize(OutboxRecord record) => StoredJson.ToBytes(record, BusJson.Default.OutboxRecord);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1320, LogLevel.Error, "The step '{Step}' of the outbound message {Id} could not be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string step, string id, string reason);
    }
}
