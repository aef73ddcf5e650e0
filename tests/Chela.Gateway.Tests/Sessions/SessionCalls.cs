using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Rpc;

namespace Chela.Gateway.Tests.Sessions;

/// <summary>Calls of a gateway's methods, and transcripts to call them on.</summary>
internal static class SessionCalls
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The result of a call, or the error.</summary>
    public static async Task<(JsonElement Result, RpcError? Error)> CallAsync(
        this GatewayParts parts, string method, JsonObject parameters, OperatorScopes scopes = OperatorScopes.Admin)
    {
        var context = new CallContext(method, new Caller("1", CallerRole.Operator, scopes, "test"), new NoConnection(IPAddress.Loopback));
        var outcome = await parts.Get<Dispatcher>().InvokeAsync(Dialect.OpenClaw, Encoding.UTF8.GetBytes(parameters.ToJsonString()), context, Ct);
        context.Answered();
        if (outcome.Error is { } error)
        {
            return (default, error);
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            outcome.Answer!.Write(writer);
        }

        return (JsonElement.Parse(buffer.ToArray()), null);
    }

    /// <summary>A session in which this was said.</summary>
    public static async Task<SessionEntry> SayAsync(this GatewayParts parts, string name, params TranscriptEntry[] entries)
    {
        var key = SessionKey.Of("main", name);
        var session = await parts.Get<SessionTable>().GetOrCreateAsync(key, Ct);
        using var transcript = parts.Get<Transcripts>().Open(session.SessionId);
        foreach (var entry in entries)
        {
            await transcript.AppendAsync(entry);
        }

        parts.Get<SessionTable>().Update(key, before => before with { MessageCount = (int)transcript.Count });
        return parts.Get<SessionTable>().Find(key)!;
    }

    public static TranscriptEntry User(string text, string run = "run") => new(run + ":user", TranscriptEntry.User, text, 5, run);

    public static TranscriptEntry Assistant(string text, string run = "run") =>
        new(run, TranscriptEntry.Assistant, text, 6, run) { StopReason = StopReasons.Stop };
}
