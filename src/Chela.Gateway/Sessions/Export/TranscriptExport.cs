using System.Globalization;
using System.Text;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Sessions.Export;

/// <summary>Gives out a session a page at a time. The cursor is the session's id and how many messages were given.</summary>
internal sealed class TranscriptExport(Transcripts transcripts)
{
    /// <summary>The most bytes of one page.</summary>
    public const int MaxPageBytes = 4 * 1024 * 1024;

    private const int DefaultPageBytes = 1024 * 1024;

    /// <exception cref="RpcException">The cursor is not of this session, or the transcript cannot be read.</exception>
    public async ValueTask<SessionsExportResult> PageAsync(SessionEntry session, SessionsExportParams parameters, CancellationToken ct)
    {
        var given = parameters.Cursor is { } cursor ? PlaceIn(session, cursor) : 0;
        var lines = new List<string>(given == 0 && parameters.Cursor is null ? [ExportFormat.HeadOf(session)] : []);
        var bytesLeft = parameters.MaxBytes ?? DefaultPageBytes;
        var (place, parent) = (0L, (string?)null);
        try
        {
            using var transcript = transcripts.Open(session.SessionId);
            await foreach (var entry in transcript.ReadAsync(ct))
            {
                if (place++ >= given)
                {
                    var line = ExportFormat.LineOf(entry, parent);
                    bytesLeft -= Encoding.UTF8.GetByteCount(line);
                    if (bytesLeft < 0 && lines.Count > 0)
                    {
                        return new SessionsExportResult(session.Key, session.SessionId, lines) { NextCursor = CursorOf(session, place - 1) };
                    }

                    lines.Add(line);
                }

                parent = entry.Id;
            }
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }

        return new SessionsExportResult(session.Key, session.SessionId, lines);
    }

    private static string CursorOf(SessionEntry session, long place) => string.Create(CultureInfo.InvariantCulture, $"{session.SessionId}/{place}");

    private static long PlaceIn(SessionEntry session, string cursor)
    {
        var parts = cursor.Split('/');
        if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid sessions.export params: at /cursor: is none that was given");
        }

        return parts[0] == session.SessionId
            ? place
            : throw new RpcException(RpcErrorKind.Conflict, "the session was begun anew since the first page; export it again");
    }
}
