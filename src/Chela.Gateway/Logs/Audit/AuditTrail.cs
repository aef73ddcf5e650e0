using System.Text;
using System.Text.Json;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Logs.Audit;

/// <summary>
/// Who did what, in journals of its own. What the disk refuses is told in the log, and the deed stands: an audit that could stop the gateway would
/// be a way to stop it.
/// </summary>
internal sealed partial class AuditTrail(
    AuditFiles files, LogSecrets secrets, IExternalScopeProvider scopes, TimeProvider time, ILogger<AuditTrail> logger) : IAuditTrail
{
    /// <summary>So many refusals are written down in a minute.</summary>
    public const int MaxRefusals = 60;

    private readonly Lock _gate = new();
    private long _next = 1;
    private long _minute;
    private int _refusals;
    private int _leftOut;

    /// <summary>Finds out where earlier processes came to; to be called once, before anything is written.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        try
        {
            _next = await files.OpenAsync(line => Read(line).Sequence, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.NotWritten(logger, "gateway.started", e.Message);
        }
    }

    public async Task WriteAsync(AuditEntry entry)
    {
        try
        {
            await Append(entry, 0, isAwaited: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Log.NotWritten(logger, entry.Action, e.Message);
        }
    }

    public void Note(AuditEntry entry) => Note(entry, 0);

    public void NoteRefusal(AuditEntry entry)
    {
        int leftOut;
        lock (_gate)
        {
            var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
            (_refusals, _minute) = (minute == _minute ? _refusals + 1 : 1, minute);
            if (_refusals > MaxRefusals)
            {
                _leftOut++;
                return;
            }

            (leftOut, _leftOut) = (_leftOut, 0);
        }

        Note(entry, leftOut);
    }

    /// <summary>The entries of each journal in their order, the latest journal first.</summary>
    public IEnumerable<IAsyncEnumerable<AuditRow>> Read(CancellationToken ct) => files.Read(ct).Select(part => part.Select(Read));

    private void Note(AuditEntry entry, int leftOut)
    {
        try
        {
            Append(entry, leftOut, isAwaited: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Log.NotWritten(logger, entry.Action, e.Message);
        }
    }

    private Task Append(AuditEntry entry, int leftOut, bool isAwaited)
    {
        var row = AuditRow.Of(entry, WorkScopes.Current(scopes), time.GetUtcNow().ToUnixTimeMilliseconds()) with { LeftOut = leftOut };
        lock (_gate)
        {
            row = row with { Sequence = _next++ };
            var journal = files.For(row.Sequence);
            if (isAwaited)
            {
                return journal.AppendAsync(Bytes(row), CancellationToken.None).AsTask();
            }

            journal.Append(Bytes(row));
            return Task.CompletedTask;
        }
    }

    private byte[] Bytes(AuditRow row) =>
        Encoding.UTF8.GetBytes(secrets.Hide(Encoding.UTF8.GetString(StoredJson.ToBytes(row, AuditFileJson.Default.AuditRow))));

    private static AuditRow Read(ReadOnlyMemory<byte> line) => JsonSerializer.Deserialize(line.Span, AuditFileJson.Default.AuditRow)!;

    private static partial class Log
    {
        [LoggerMessage(1910, LogLevel.Error, "{Action} could not be written into the audit: {Reason}")]
        public static partial void NotWritten(ILogger logger, string action, string reason);
    }
}
