using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions;

/// <summary>
/// Brings rows of the list up to their transcripts, in the background after a start. Counters and previews are written without waiting,
/// so a power cut, or a disk that lost the end of the list, leaves rows that are older than what was said.
/// </summary>
internal sealed partial class StaleRows(SessionTable sessions, Transcripts transcripts, ILogger<StaleRows> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _looking = Task.CompletedTask;

    public void Start() => _looking = Task.Run(LookAsync, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
    }

    private async Task LookAsync()
    {
        try
        {
            foreach (var id in transcripts.ChangedSince(id => sessions.FindById(id)?.UpdatedAtMs))
            {
                _stopping.Token.ThrowIfCancellationRequested();
                await RefreshAsync(id);
            }
        }
        catch (OperationCanceledException)
        {
            // The next start looks again.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotLooked(logger, e.Message);
        }
    }

    private async Task RefreshAsync(string id)
    {
        try
        {
            using var transcript = transcripts.Open(id);
            var tail = await transcript.ReadTailAsync(1, long.MaxValue, _stopping.Token);
            if (sessions.FindById(id) is { } row && row.MessageCount < transcript.Count && tail is [var last])
            {
                sessions.Update(row.SessionKey, entry => entry.SessionId == id && entry.MessageCount < transcript.Count
                    ? SessionProgress.With(entry, last, transcript.Count)
                    : entry);
            }
        }
        catch (TranscriptException)
        {
            // Who reads it is told.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1322, LogLevel.Warning, "The list of sessions was not compared with the transcripts: {Reason}")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
