using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Sessions;

/// <summary>What an agent said to one message.</summary>
internal sealed record Reply(string RunId, string SessionId, string Text, long EndedAtMs, string StopReason, TokenUsage? Usage);

/// <summary>Sends a message and waits for the reply; with the same idempotency key again, for the same reply.</summary>
internal sealed class Asking(ChatIntake intake, PastRuns past, Runs runs)
{
    /// <param name="session">The conversation.</param>
    /// <param name="key">The idempotency key; null when the sender has none.</param>
    /// <param name="text">The message.</param>
    /// <param name="sender">Who sends it.</param>
    /// <param name="files">The files that come with it.</param>
    /// <param name="ct">Ends the waiting, not the run.</param>
    /// <exception cref="RpcException">The message is refused, or the run failed.</exception>
    public async ValueTask<Reply> AskAsync(SessionKey session, string? key, string text, Commander sender, Uploads? files, CancellationToken ct)
    {
        var runId = key ?? Guid.NewGuid().ToString();
        var taken = await intake.AcceptAsync(session, runId, text, sender.Caller.ClientId, sender, files: files);
        var (acceptance, turn) = taken;
        taken.Begin?.Invoke();
        if (acceptance == Acceptance.InFlight)
        {
            await runs.WaitAsync(runId, Timeout.InfiniteTimeSpan, ct); // it has a limit of its own
        }

        if (turn is null)
        {
            var run = await past.FindAsync(session, runId, ct);
            var answer = run.Answer;
            return answer.Error is null
                ? new Reply(runId, run.SessionId, answer.Text, answer.TimestampMs, answer.StopReason ?? StopReasons.Stop, answer.Usage)
                : throw new RpcException(RpcErrorKind.Unavailable, answer.Error);
        }

        var result = await turn.Completion.WaitAsync(ct);
        return result.Error is null
            ? new Reply(runId, turn.SessionId ?? "", result.Text, result.EndedAtMs, StopReasons.Of(result.Status), result.Usage)
            : throw new RpcException(RpcErrorKind.Unavailable, result.Error);
    }
}
