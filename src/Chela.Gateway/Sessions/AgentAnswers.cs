using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Writes how a run ended in the words of <c>agent</c> and <c>agent.wait</c>.</summary>
internal static class AgentAnswers
{
    /// <summary>The last answer of a run.</summary>
    /// <exception cref="RpcException">The run failed.</exception>
    public static AgentAnswer Of(string runId, string sessionId, TurnResult result, long startedAtMs)
    {
        var duration = Math.Max(0, result.EndedAtMs - startedAtMs);
        return Of(runId, sessionId, result.Status, result.Text, result.Error, result.Model, result.Usage, duration);
    }

    /// <summary>The same for a run whose answer stands in the transcript.</summary>
    /// <exception cref="RpcException">The run failed.</exception>
    public static AgentAnswer Of(string sessionId, TranscriptEntry question, TranscriptEntry answer)
    {
        var duration = Math.Max(0, answer.TimestampMs - question.TimestampMs);
        return Of(answer.RunId, sessionId, StatusOf(answer), answer.Text, answer.Error, answer.Model, answer.Usage, duration);
    }

    /// <summary>How a run ended that stands in the transcript.</summary>
    public static AgentWaitResult Of(PastRun run) =>
        Of(new RunEnd(run.Answer.RunId, StatusOf(run.Answer), run.Answer.Error, run.Question.TimestampMs, run.Answer.TimestampMs));

    public static AgentWaitResult Of(RunEnd end) => new(end.RunId, StatusOf(end.Status))
    {
        StartedAt = end.StartedAtMs,
        EndedAt = end.EndedAtMs,
        Error = end.Error,
        StopReason = end.Status switch
        {
            TurnStatus.Done => StopReasons.Stop,
            TurnStatus.Aborted => "rpc",
            _ => null,
        },
    };

    private static AgentAnswer Of(
        string runId, string sessionId, TurnStatus status, string text, string? error, string? model, TokenUsage? usage, long durationMs)
    {
        if (status is TurnStatus.Failed or TurnStatus.Interrupted)
        {
            var sentence = error ?? "the run failed";
            var failed = new AgentAnswer(runId, "error") { Summary = sentence };
            throw new RpcException(new RpcError(RpcErrorKind.Unavailable, sentence)
            {
                Payload = JsonSerializer.SerializeToElement(failed, SessionsJson.Default.AgentAnswer),
            });
        }

        var name = model?.Split('/', 2);
        var run = new AgentRunMeta(sessionId) { Provider = name?[0], Model = name?[^1], Usage = AgentUsage.Of(usage) };
        var aborted = status == TurnStatus.Aborted;
        return new AgentAnswer(runId, StatusOf(status))
        {
            Summary = aborted ? "aborted" : "completed",
            Result = new AgentReply(
                text.Length > 0 ? [new AgentPayload(text)] : [],
                new AgentReplyMeta(durationMs, run) { Aborted = aborted ? true : null }),
        };
    }

    private static TurnStatus StatusOf(TranscriptEntry answer) => answer.StopReason switch
    {
        StopReasons.Stop => TurnStatus.Done,
        StopReasons.Aborted => TurnStatus.Aborted,
        StopReasons.Interrupted => TurnStatus.Interrupted,
        _ => TurnStatus.Failed,
    };

    private static string StatusOf(TurnStatus status) => status switch
    {
        TurnStatus.Done => "ok",
        TurnStatus.Aborted => "timeout",
        _ => "error",
    };
}
