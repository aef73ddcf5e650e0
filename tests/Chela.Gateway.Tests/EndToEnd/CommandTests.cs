using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Commands in messages, given to the real gateway in every dialect.</summary>
[Trait("Requirement", "B5")]
public sealed class CommandTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Anew = "A new conversation begins.";

    /// <summary>Each command, and how its reply begins; <c>SESSION</c> stands for the session's key.</summary>
    public static TheoryData<string, string> Replies => new()
    {
        { "/new", Anew },
        { "/new echo/echo", "A new conversation begins, with echo/echo." },
        { "/reset", Anew },
        { "/compact", "Nothing was said here that could be summarized." },
        { "/reset everything", "/reset stands alone; nothing was done." },
        { "/model", "echo/echo answers here." },
        { "/model echo/echo", "echo/echo answers here from now on." },
        { "/model default", "echo/echo answers here from now on." },
        { "/think", "Thinking is off here (echo/echo can: off)." },
        { "/t off", "Thinking is off here from now on." },
        { "/queue", "Messages wait here by followup (debounce 500 ms, cap 20, drop new)." },
        { "/queue collect", "Messages wait here by collect (debounce 500 ms, cap 20, drop new) from now on." },
        { "/queue Steer debounce:2s cap:25 drop:summarize", "Messages wait here by steer (debounce 2000 ms, cap 25, drop summarize) from now on." },
        { "/queue cap:500 debounce:1m", "Messages wait here by followup (debounce 60000 ms, cap 500, drop new) from now on." },
        { "/queue default", "Messages wait here by followup (debounce 500 ms, cap 20, drop new) from now on." },
        { "/status", "Session: SESSION\nModel: echo/echo\nThinking: off\nMessages: 0" },
        { "/help", "/new [model]: Begin" },
        { "/commands", "/new [model]: Begin" },
        { "/whoami", "You are " },
        { "/id", "You are " },
    };

    private GatewayProcess Gateway => fixture.Gateway;

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task OpenClaw_is_answered_ok_and_told_the_reply_as_the_end_of_a_chat(string command, string reply)
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var session = $"openclaw-{Guid.NewGuid()}";

        var status = await client.SendChatAsync(session, session, command);
        var end = await client.ChatEndAsync(session);

        Assert.Equal(("ok", "final"), (status, end.Text("state")));
        AssertReply(reply, session, end.Text("message/content/0/text"));
        Assert.Empty(await client.HistoryAsync(session));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task Json_rpc_is_answered_with_the_reply_or_told_it(string command, string reply)
    {
        await using var client = await Gateway.OpenJsonRpcAsync();
        var session = $"json-rpc-{Guid.NewGuid()}";

        var waited = await client.CallRpcAsync("chat.send", new() { ["text"] = command, ["session_key"] = session });
        var streamed = await client.CallRpcAsync("chat.send_stream", new() { ["text"] = command, ["session_key"] = session });
        var done = await client.EventAsync("chat.done");

        AssertReply(reply, session, waited.Text("result/text"));
        Assert.Equal(("ok", done.Text("message_id")), (streamed.Text("result/status"), streamed.Text("result/message_id")));
        AssertReply(reply, session, done.Text("text"));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task Plain_is_answered_with_the_reply(string command, string reply)
    {
        await using var client = await WireClient.OpenAsync(Gateway.Url + "/plain", ("Authorization", $"Bearer {Gateway.Token}"));
        var session = $"plain-{Guid.NewGuid()}";
        var parameters = new JsonObject { ["message"] = command, ["sessionKey"] = session };

        await client.SendAsync(new JsonObject { ["id"] = 1, ["method"] = "agent.run", ["params"] = parameters }.ToJsonString());

        AssertReply(reply, session, (await client.ReceiveAsync()).Text("result/reply"));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task Session_is_told_the_reply_token_by_token_by_chat_and_by_command(string command, string reply)
    {
        await using var client = await WireClient.OpenAsync(Gateway.Url + "/session", ("Authorization", $"Bearer {Gateway.Token}"));
        var session = $"agent:main:session-{Guid.NewGuid()}";
        var word = command.Split(' ', 2);

        await client.SendAsync(Message("Chat", new() { ["content"] = command, ["session_id"] = session }));
        var said = await ReplyAsync(client);
        AssertReply(reply, session, said);
        if (word[0] != "/new") // which attaches to a new session
        {
            var args = new JsonObject { ["session_id"] = session, ["text"] = word.ElementAtOrDefault(1) ?? "" };
            await client.SendAsync(Message("Command", new() { ["name"] = word[0], ["args"] = args }));
            Assert.Equal(session, (await client.ReceiveAsync()).Text("Connected/session_id"));
            Assert.Equal(said, await ReplyAsync(client));
        }
    }

    [Fact]
    public async Task Agent_answers_a_command_as_it_answers_a_message()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var id = client.NextId();

        await client.SendAsync(OpenClawWire.Request(id, "agent", AgentParams("agent", "/model")));
        var accepted = await client.AnswerAsync(id);
        var last = await client.AnswerAsync(id);
        var waited = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "agent" });

        Assert.Equal(("accepted", "ok", "ok"), (accepted.Text("payload/status"), last.Text("payload/status"), waited.Text("payload/status")));
        Assert.Equal("echo/echo answers here.", last.Text("payload/result/payloads/0/text"));
    }

    [Fact]
    public async Task A_new_beginning_stops_what_runs_and_empties_the_transcript()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.SendChatAsync("anew", "anew-1", "/slow 1000 one two three four five");
        await client.ChatAsync("anew-1", "delta");

        await client.SendChatAsync("anew", "anew-2", "/new");
        var stopped = await client.ChatEndAsync("anew-1");
        await client.SendChatAsync("anew", "anew-3", "Hello");
        await client.ChatEndAsync("anew-3");

        Assert.Equal("aborted", stopped.Text("state"));
        Assert.Equal(["user: Hello", "assistant (stop): Hello"], (await client.HistoryAsync("anew")).Select(OpenClawWire.Line));
    }

    [Fact]
    public async Task What_there_is_not_changes_nothing()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.SendChatAsync("model", "model-1", "Hello");
        await client.ChatEndAsync("model-1");

        foreach (var (command, error) in new[]
        {
            ("/new nowhere/model", "There is no model provider \"nowhere\""),
            ("/model nowhere/model", "There is no model provider \"nowhere\""),
            ("/think hard", "thinking \"hard\" is not supported for echo/echo (use off)"),
            ("/model nowhere/model Hello", "There is no model provider \"nowhere\""),
            ("/queue backwards Hello", "there is no queue mode backwards"),
            ("/queue backwards", "there is no queue mode backwards"),
            ("/queue collect cap:501", "cap must be a whole number from 1 to 500"),
            ("/queue debounce:61s", "debounce must be a time of at most 60000 ms"),
            ("/queue debounce:-1", "debounce must be a time of at most 60000 ms"),
            ("/queue drop:all", "drop must be one of new, old, summarize"),
            ("/queue collect cap:5 Hello", "debounce, cap and drop are for the whole conversation"),
        })
        {
            var refused = await client.CallAsync("chat.send", OpenClawWire.ChatParams("model", command, command));
            Assert.StartsWith(error, refused.Text("error/message"), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await client.HistoryAsync("model")).Count);
    }

    [Theory]
    [InlineData("/dance with me", null)]
    [InlineData("/reset", true)]
    public async Task What_is_no_command_goes_to_the_agent_and_so_does_what_is_not_meant_as_one(string text, bool? suppress)
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        var session = $"agent-{Guid.NewGuid()}";
        var parameters = OpenClawWire.ChatParams(session, session, text);
        parameters["suppressCommandInterpretation"] = suppress;

        await client.CallAsync("chat.send", parameters);
        var end = await client.ChatEndAsync(session);

        Assert.Equal(text, end.Text("message/content/0/text"));
    }

    [Fact]
    [Trait("Requirement", "A2")]
    public async Task Who_may_not_is_told_so_and_nothing_happens()
    {
        await using var client = await Gateway.OpenSilentOpenClawAsync();
        var connect = OpenClawWire.ConnectParams(Gateway.Token);
        connect["scopes"] = new JsonArray("operator.read", "operator.write");
        await client.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        await client.ReceiveAsync();
        await client.SendChatAsync("may-not", "may-not-1", "Hello");
        await client.ChatEndAsync("may-not-1");

        foreach (var (method, command) in new[] { ("agent", "/new"), ("agent", "/reset"), ("agent.run", "/reset") })
        {
            var refused = await client.CallAsync(method, AgentParams("may-not", command));
            Assert.Equal("missing scope: operator.admin", refused.Text("error/message"));
        }

        Assert.Equal(2, (await client.HistoryAsync("may-not")).Count);
        Assert.Equal("ok", await client.SendChatAsync("may-not", "may-not-2", "/reset")); // chat.send is for those who write
    }

    [Fact]
    public async Task A_stop_that_is_sent_again_stops_nothing_more()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        await client.SendChatAsync("stop-twice", "twice-1", "/slow 5000 one two");
        var first = await client.CallAsync("chat.send", OpenClawWire.ChatParams("stop-twice", "twice-stop", "Stop."));
        await client.SendChatAsync("stop-twice", "twice-2", "/slow 100 three four");

        var again = await client.CallAsync("chat.send", OpenClawWire.ChatParams("stop-twice", "twice-stop", "Stop."));
        var end = await client.ChatEndAsync("twice-2");

        Assert.Equal("""{"ok":true,"aborted":true,"runIds":["twice-1"]}""", first.Text("payload"));
        Assert.Equal("""{"runId":"twice-stop","status":"ok"}""", again.Text("payload"));
        Assert.Equal("final", end.Text("state"));
    }

    [Fact]
    public async Task The_list_names_them_with_what_may_follow()
    {
        await using var client = await Gateway.OpenOpenClawAsync();

        var all = await client.CallAsync("commands.list", new JsonObject { ["includeArgs"] = true });
        var native = await client.CallAsync("commands.list", new JsonObject { ["scope"] = "native" });

        var rows = all.List("payload/commands");
        Assert.Equal(["new", "reset", "stop", "model", "think", "queue", "status", "whoami", "approve", "compact", "help"], rows.Select(row => row.Text("name")));
        Assert.Equal(("/help", "/commands", "native", "text", "false"), (
            rows[^1].Text("textAliases/0"), rows[^1].Text("textAliases/1"), rows[^1].Text("source"), rows[^1].Text("scope"), rows[^1].Text("acceptsArgs")));
        Assert.Equal(("true", "model", "string"), (rows[0].Text("acceptsArgs"), rows[0].Text("args/0/name"), rows[0].Text("args/0/type")));
        Assert.Empty(native.List("payload/commands"));
    }

    private static void AssertReply(string expected, string session, string? reply)
    {
        var key = session.StartsWith("agent:", StringComparison.Ordinal) ? session : $"agent:main:{session}";
        Assert.StartsWith(expected.Replace("SESSION", key, StringComparison.Ordinal), reply, StringComparison.Ordinal);
    }

    private static JsonObject AgentParams(string session, string message) =>
        new() { ["message"] = message, ["idempotencyKey"] = $"{session}{(message == "/model" ? "" : message)}", ["sessionKey"] = session };

    private static string Message(string tag, JsonObject content) => new JsonObject { [tag] = content }.ToJsonString();

    private static async Task<string> ReplyAsync(WireClient client)
    {
        var token = await client.ReceiveAsync(frame => frame.TryGetProperty("AgentToken", out _));
        var end = await client.ReceiveAsync(frame => frame.TryGetProperty("AgentComplete", out _));
        Assert.Equal(0, end.GetProperty("AgentComplete").GetProperty("usage").GetProperty("output").GetInt32());
        return token.Text("AgentToken/token")!;
    }
}
