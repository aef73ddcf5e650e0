using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>Who is told of a restart when it is done: the session from which the configuration was changed that needed it (06-config § 7).</summary>
/// <param name="Key">The session.</param>
/// <param name="Text">What stands in its transcript then.</param>
internal sealed record RestartNote(SessionKey Key, string Text);

/// <summary>Tells those who wait for a restart that it is done.</summary>
internal sealed partial class RestartNotes(RestartHistory history, SessionNotes notes, ILogger<RestartNotes> logger)
{
    /// <summary>Has a session told of the next restart; the latest that is left for it counts.</summary>
    public void Leave(RestartNote note) => history.Notes[note.Key] = note;

    /// <summary>Tells them, each when its session has time.</summary>
    public void Tell()
    {
        foreach (var note in history.Notes.Values)
        {
            _ = TellAsync(note); // observes its own failures
        }

        history.Notes.Clear();
    }

    private async Task TellAsync(RestartNote note)
    {
        try
        {
            var text = history.Refused is { } refused ? $"{note.Text}\n\nThe new configuration is not in force: {refused.Reason}" : note.Text;
            await notes.AddAsync(note.Key, text, CancellationToken.None);
        }
        catch (RpcException e)
        {
            Log.NotTold(logger, note.Key, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1834, LogLevel.Warning, "The session {Session} could not be told of the restart: {Reason}")]
        public static partial void NotTold(ILogger logger, SessionKey session, string reason);
    }
}
