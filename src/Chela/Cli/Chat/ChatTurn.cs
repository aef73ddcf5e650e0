using System.Text.Json;
using Chela.Client;

namespace Chela.Cli.Chat;

/// <summary>One message and its reply: sends, follows the run's events to the last, aborts the run when asked to stop.</summary>
internal sealed class ChatTurn(GatewayClient client, TimeProvider time)
{
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandledGrace = TimeSpan.FromSeconds(2);

    /// <summary>Runs to the end.</summary>
    /// <param name="sessionKey">The session to speak in.</param>
    /// <param name="message">The person's words.</param>
    /// <param name="print">Gets the reply piece by piece.</param>
    /// <param name="abort">Aborts the run; the outcome then says so and has what was said until then.</param>
    public async Task<ChatOutcome> RunAsync(string sessionKey, string message, Action<string> print, CancellationToken abort)
    {
        var runId = Guid.NewGuid().ToString();
        var reply = new ReplyText();
        using var events = client.Subscribe(new GatewayEventFilter("chat", runId));
        var ack = await client.CallAsync(
            "chat.send",
            new ChatSendParams(sessionKey, message, runId),
            CliJson.Default.ChatSendParams,
            CliJson.Default.ChatAck,
            CancellationToken.None);
        if (ack.RunId is null)
        {
            var told = ack.Aborted ? "Stopped." : "Nothing runs here.";
            print(told);
            return new ChatOutcome(sessionKey, runId, told, "ok");
        }

        var last = ack switch
        {
            { Status: "ok" or "error" } => await FollowForAsync(HandledGrace, events, reply, print),
            _ => await FollowOrAbortAsync(sessionKey, runId, events, reply, print, abort),
        };
        return Outcome(last, ack, sessionKey, runId, reply.Whole);
    }

    private async Task<ChatEvent?> FollowOrAbortAsync(
        string sessionKey, string runId, GatewayEventSubscription events, ReplyText reply, Action<string> print, CancellationToken abort)
    {
        try
        {
            return await FollowAsync(events, reply, print, abort);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            await client.CallAsync(
                "chat.abort",
                JsonSerializer.SerializeToElement(new ChatAbortParams(sessionKey, runId), CliJson.Default.ChatAbortParams),
                CancellationToken.None);
            return await FollowForAsync(AbortGrace, events, reply, print) ?? new ChatEvent(runId, "aborted");
        }
    }

    /// <summary>Follows for a while only: the last event is due, but nothing depends on it. Null if it did not come.</summary>
    private async Task<ChatEvent?> FollowForAsync(TimeSpan grace, GatewayEventSubscription events, ReplyText reply, Action<string> print)
    {
        using var late = new CancellationTokenSource(grace, time);
        try
        {
            return await FollowAsync(events, reply, print, late.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<ChatEvent?> FollowAsync(
        GatewayEventSubscription events, ReplyText reply, Action<string> print, CancellationToken ct)
    {
        await foreach (var message in events.ReadAllAsync(ct))
        {
            if (message.Payload?.Deserialize(CliJson.Default.ChatEvent) is not { } update)
            {
                continue;
            }

            if (reply.Take(update, message.Missed > 0) is { Length: > 0 } piece)
            {
                print(piece);
            }

            if (update.IsLast)
            {
                return update;
            }
        }

        return null;
    }

    private static ChatOutcome Outcome(ChatEvent? last, ChatAck ack, string sessionKey, string runId, string text)
    {
        var status = (last?.State, ack.Status) switch
        {
            ("final", _) => "ok",
            ("aborted", _) => "aborted",
            ("error", _) or (null, "error") => "error",
            _ => "ok",
        };
        return new ChatOutcome(last?.SessionKey ?? sessionKey, runId, text, status)
        {
            Usage = last?.Usage,
            Error = status == "error" ? last?.ErrorMessage ?? last?.ErrorKind ?? "the run failed" : null,
        };
    }
}
