using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions;

/// <summary>Stopping what runs in a session, and writing into it without a run.</summary>
internal sealed class SessionWorkMethods(SessionKeys keys, Lanes lanes, RunStops stops, SessionNotes notes) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SessionsJson.Default;
        methods.Add(MethodMap.Method("sessions.abort", OperatorScopes.Write, json.SessionsAbortParams, json.SessionsAbortResult, AbortAsync) with
        {
            Summary = "Stop one run, or what runs and waits in a session.",
        });
        methods.Add(MethodMap.Method("chat.inject", OperatorScopes.Admin, json.ChatInjectParams, json.ChatInjectResult, InjectAsync) with
        {
            Summary = "Add a note of the assistant to a session without running the agent, once what runs there has ended.",
        });
    }

    private async ValueTask<SessionsAbortResult> AbortAsync(SessionsAbortParams parameters, CallContext context, CancellationToken ct)
    {
        var session = parameters.Key is { } text ? keys.Resolve(text, parameters.AgentId) : SessionOf(parameters.RunId);
        var run = parameters.RunId ?? (parameters.ClearQueued == false ? FirstIn(session) : null);
        var stopped = session is { } key ? await stops.StopAsync(key, run, ct) : [];
        return new SessionsAbortResult(true, stopped.Count > 0 ? "aborted" : "no-active-run") { AbortedRunId = stopped.Count > 0 ? stopped[0] : null };
    }

    private async ValueTask<ChatInjectResult> InjectAsync(ChatInjectParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        var text = string.IsNullOrWhiteSpace(parameters.Label) ? parameters.Message : $"[{parameters.Label}]\n\n{parameters.Message}";
        return new ChatInjectResult(true, await notes.AddAsync(key, text, ct));
    }

    /// <summary>The run that comes first; where there is none, one that there is not.</summary>
    private string FirstIn(SessionKey? session) =>
        session is { } key && lanes.Of(key).FirstOrDefault(turn => !turn.Completion.IsCompleted) is { } first ? first.RunId : "";

    private SessionKey? SessionOf(string? runId) => runId is null
        ? throw new RpcException(RpcErrorKind.InvalidParams, "invalid sessions.abort params: key or runId is needed")
        : lanes.Find(runId)?.Session;
}
