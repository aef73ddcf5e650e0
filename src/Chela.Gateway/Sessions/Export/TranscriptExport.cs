using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Chela.Contracts.Errors;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Sessions.Export;

/// <summary>Gives out a session a page at a time. The cursor is the session's id and how many lines were given after the head.</summary>
internal sealed class TranscriptExport(Transcripts transcripts, AttachmentStore attachments)
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
        try
        {
            using var transcript = transcripts.Open(session.SessionId);
            await foreach (var (place, line) in LinesAsync(transcript, given, ct))
            {
                bytesLeft -= Encoding.UTF8.GetByteCount(line);
                if (bytesLeft < 0 && lines.Count > 0)
                {
                    return new SessionsExportResult(session.Key, session.SessionId, lines) { NextCursor = CursorOf(session, place) };
                }

                lines.Add(line);
            }
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }

        return new SessionsExportResult(session.Key, session.SessionId, lines);
    }

    /// <summary>The lines from a place on, each with its place: the messages, and before each the files that it is the first to name.</summary>
    private async IAsyncEnumerable<(long Place, string Line)> LinesAsync(
        Transcript transcript, long given, [EnumeratorCancellation] CancellationToken ct)
    {
        var (place, parent) = (0L, (string?)null);
        var named = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in transcript.ReadAsync(ct))
        {
            foreach (var file in (entry.Attachments ?? []).Where(file => named.Add(file.Sha256)))
            {
                var count = FileLines.CountOf(file);
                var content = place + count > given ? await attachments.ReadAsync(file, ct) : null;
                for (var number = (int)Math.Clamp(given - place, 0, count); number < count; number++)
                {
                    yield return (place + number, ExportFormat.ToLine(FileLines.Of(file, content, number)));
                }

                place += count;
            }

            if (place >= given)
            {
                yield return (place, ExportFormat.LineOf(entry, parent));
            }

            place++;
            parent = entry.Id;
        }
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
