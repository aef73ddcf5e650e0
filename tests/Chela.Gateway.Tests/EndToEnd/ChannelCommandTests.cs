using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Commands that a channel brings: those whom the configuration names are obeyed and told so where they said it, all others are not.</summary>
[Trait("Requirement", "B5")]
[Trait("Requirement", "C2")]
public sealed class ChannelCommandTests : IAsyncLifetime
{
    private const string Commanders = """
        { "commands": { "ownerAllowFrom": ["webhook/desk:anna"], "allowFrom": { "webhook": ["bert"] } } }
        """;

    private readonly TempFolder _folder = new();
    private FakeWebhook _program = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _program = await FakeWebhook.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/new", "A new conversation begins.")]
    [InlineData("/new echo/echo", "A new conversation begins, with echo/echo.")]
    [InlineData("/new nowhere/model", "Nothing was done: There is no model provider \"nowhere\"")]
    [InlineData("/reset", "A new conversation begins.")]
    [InlineData("/reset everything", "/reset stands alone; nothing was done.")]
    [InlineData("/model", "echo/echo answers here.")]
    [InlineData("/queue collect", "Messages wait here by collect (debounce 500 ms, cap 20, drop new) from now on.")]
    [InlineData("/queue backwards", "Nothing was done: there is no queue mode backwards")]
    [InlineData("/status", "Session: agent:main:webhook:desk:group:kitchen\nModel: echo/echo\nThinking: off\nMessages: 0")]
    [InlineData("/whoami", "You are webhook/desk:bert.\nScopes: operator.write")]
    [InlineData("/help", "/new [model]: Begin")]
    [InlineData("/stop", "Nothing runs here.")]
    [InlineData("please stop", "Nothing runs here.")]
    [InlineData("/approve", "Nothing was done: missing scope: operator.approvals")]
    [InlineData("/approve ABCD2345 always", "Nothing was done: missing scope: operator.approvals")]
    public async Task A_command_is_done_and_its_reply_comes_where_it_was_given(string command, string reply)
    {
        await using var gateway = await GatewayProcess.StartAsync(_program.StartIn(_folder, more: Commanders));

        var first = await SendAsync(gateway, "1", "bert", command);
        await _program.CountAsync(1);
        var again = await SendAsync(gateway, "1", "bert", command);
        var other = await SendAsync(gateway, "1", "bert", "/stop it");
        await SendAsync(gateway, "2", "bert", "hello");
        await _program.CountAsync(2);

        Assert.Equal(("accepted", "duplicate", "409"), (first, again, other));
        Assert.StartsWith(reply, _program.Posts[0].Text, StringComparison.Ordinal);
        Assert.Equal([("webhook:desk:1", "group"), ("webhook:desk:2", "group")], _program.Posts.Select(post => (post.RunId, post.Kind!)));
        Assert.Equal(["user: hello", "assistant (stop): hello"], await HistoryAsync(gateway));
    }

    [Fact]
    public async Task What_runs_is_stopped_from_the_channel_that_asked_for_it()
    {
        await using var gateway = await GatewayProcess.StartAsync(_program.StartIn(_folder, more: Commanders));
        await using var client = await gateway.OpenOpenClawAsync();
        await client.CallAsync("sessions.messages.subscribe", new JsonObject { ["key"] = "agent:main:webhook:desk:group:kitchen" });

        await SendAsync(gateway, "1", "dora", SlowReply.Question);
        await client.ChatAsync("webhook:desk:1", "delta");
        await SendAsync(gateway, "2", "dora", "/stop");
        await SendAsync(gateway, "3", "bert", "/stop");
        await _program.WhenAsync(posts => posts.Any(post => post.RunId == "webhook:desk:3"));

        Assert.Equal("Stopped.", _program.Posts.Single(post => post.RunId == "webhook:desk:3").Text);
        Assert.DoesNotContain(_program.Posts, post => post.RunId == "webhook:desk:2");
    }

    [Theory]
    [InlineData("dora", Commanders)]
    [InlineData("bert ", Commanders)]
    [InlineData("webhook/desk:anna", Commanders)]
    [InlineData("anna", "{}")]
    [InlineData("anna", """{ "commands": { "ownerAllowFrom": ["telegram:anna"], "allowFrom": { "*": ["anna"], "webhook/desk": [] } } }""")]
    public async Task A_command_of_somebody_whom_the_configuration_does_not_name_has_no_effect_and_no_reply(string sender, string config)
    {
        await using var gateway = await GatewayProcess.StartAsync(_program.StartIn(_folder, more: config));
        await SendAsync(gateway, "1", sender, "hello");
        await _program.CountAsync(1);

        string[] commands = ["/new", " /RESET", "/model echo/echo", "/queue interrupt", "/stop", "/help", "/approve A allow-always", "/whoami"];
        foreach (var (number, command) in commands.Index())
        {
            Assert.Equal("accepted", await SendAsync(gateway, $"command-{number}", sender, command));
            Assert.Equal("duplicate", await SendAsync(gateway, $"command-{number}", sender, command));
        }

        await SendAsync(gateway, "2", sender, "stop");
        await _program.CountAsync(2);

        Assert.Equal(["hello", "stop"], _program.Posts.Select(post => post.Text)); // in the order of the outbox: nothing came before the last
        Assert.Equal(["user: hello", "assistant (stop): hello", "user: stop", "assistant (stop): stop"], await HistoryAsync(gateway));
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task An_owner_approves_the_use_of_a_tool_in_the_chat_and_nobody_else_does()
    {
        await using var model = await FakeOpenAi.StartAsync(Ct);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"note.txt","content":"Hello."}""")), FakeOpenAiReply.Text("It is written."));
        var start = _program.StartIn(_folder, more: Commanders) with
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        };
        await using var gateway = await GatewayProcess.StartAsync(start);
        var note = Path.Combine(gateway.StateDirectory, "workspaces", "main", "note.txt");

        await SendAsync(gateway, "1", "dora", "Write a note.");
        await _program.CountAsync(1);
        var question = _program.Posts[0].Text;
        var id = question.Split("/approve ")[1][..8];
        await SendAsync(gateway, "2", "dora", $"/approve {id} always");
        await SendAsync(gateway, "3", "bert", $"/approve {id} always");
        await _program.CountAsync(2);
        Assert.False(File.Exists(note));
        await SendAsync(gateway, "4", "anna", $"/approve {id} once");
        await _program.CountAsync(4);

        Assert.Contains("An owner decides, here or with a client of the gateway: /approve ", question, StringComparison.Ordinal);
        Assert.Equal("Nothing was done: missing scope: operator.approvals", _program.Posts[1].Text);
        var replies = _program.Posts.Skip(2).ToDictionary(post => post.RunId, post => post.Text);
        Assert.StartsWith("allow-once: fs.write ", replies["webhook:desk:4"], StringComparison.Ordinal);
        Assert.Equal("It is written.", replies["webhook:desk:1"]);
        Assert.Equal("Hello.", await File.ReadAllTextAsync(note, Ct));
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task What_a_sub_agent_of_a_sub_agent_asks_leave_for_is_asked_in_the_chat_of_the_people_for_whom_it_works()
    {
        await using var model = await FakeOpenAi.StartAsync(Ct);
        model.Script = request => request.Messages[^1] switch
        {
            var asked when asked.EndsWith("Write a note.", StringComparison.Ordinal) => FakeOpenAiReply.Calls(("session_spawn", """{"task":"Do it."}""")),
            "user: Do it." => FakeOpenAiReply.Calls(("session_spawn", """{"task":"Do it now."}""")),
            "user: Do it now." => FakeOpenAiReply.Calls(("fs_write", """{"path":"note.txt","content":"Hello."}""")),
            var told when told.StartsWith("tool: Spawned", StringComparison.Ordinal) => FakeOpenAiReply.Text("NO_REPLY"),
            var told when told.StartsWith("tool: ", StringComparison.Ordinal) => FakeOpenAiReply.Text("Done."),
            var told when told.EndsWith("\nDone.", StringComparison.Ordinal) => FakeOpenAiReply.Text("All is done."),
            _ => FakeOpenAiReply.Text("It is written."),
        };
        var start = _program.StartIn(_folder, more: Commanders) with
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        };
        await using var gateway = await GatewayProcess.StartAsync(start);

        await SendAsync(gateway, "1", "dora", "Write a note.");
        await _program.CountAsync(1);
        await SendAsync(gateway, "2", "anna", $"/approve {_program.Posts[0].Text.Split("/approve ")[1][..8]} once");
        await _program.CountAsync(3);

        Assert.Equal("kitchen", _program.Posts[0].Chat);
        Assert.Equal("It is written.", _program.Posts.Single(post => post.RunId.StartsWith("subagent:", StringComparison.Ordinal)).Text);
        Assert.Equal("Hello.", await File.ReadAllTextAsync(Path.Combine(gateway.StateDirectory, "workspaces", "main", "note.txt"), Ct));
    }

    private async Task<string?> SendAsync(GatewayProcess gateway, string id, string sender, string text)
    {
        var body = new JsonObject { ["id"] = id, ["chat"] = "kitchen", ["kind"] = "group", ["sender"] = sender, ["text"] = text };
        return (await _program.PostAsync(gateway, body.ToJsonString())).Answer.Text("status");
    }

    private static async Task<IEnumerable<string>> HistoryAsync(GatewayProcess gateway)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        return (await client.HistoryAsync("agent:main:webhook:desk:group:kitchen")).Select(OpenClawWire.Line);
    }
}
