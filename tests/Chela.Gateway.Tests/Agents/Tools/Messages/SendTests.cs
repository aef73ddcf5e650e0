using System.Text.Json.Nodes;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools.Messages;

/// <summary>The tools that send, in a gateway without a listener.</summary>
[Trait("Requirement", "G3")]
public sealed class SendTests : IAsyncLifetime
{
    private const string Config = """
        { "channels": { "webhook": {
            "desk": { "secret": "a-secret-that-only-the-two-of-them-know", "url": "http://127.0.0.1:1/answers" },
            "mute": { "secret": "a-secret-that-only-the-two-of-them-know" } } },
          "agents": { "list": [ { "id": "main" }, { "id": "other" } ] } }
        """;

    private readonly TempFolder _folder = new();
    private readonly SessionKey _notes = SessionKey.Of("main", "notes");
    private GatewayParts _parts = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _parts = await GatewayParts.StartAsync(_folder, config: Config);
        await _parts.Get<SessionTable>().GetOrCreateAsync(_notes, Ct);
        await _parts.Get<SessionTable>().GetOrCreateAsync(SessionKey.Of("other", "main"), Ct);
    }

    [Fact]
    public async Task A_message_to_another_session_is_answered_there()
    {
        var text = await Tool("session_send").DoAsync(To("notes", "Remember the milk."), _folder.Path);

        Assert.Equal("Sent to agent:main:notes.", text);
        await Patience.UntilAsync(async _ => (await LinesAsync(_notes)).Count == 2, "the session has answered");
        var question = (await LinesAsync(_notes))[0];
        Assert.Equal("[From your session agent:main:main]\nRemember the milk.", question.Text);
    }

    [Fact]
    public async Task The_same_call_sends_once_and_another_text_is_another_message()
    {
        await Tool("session_send").DoAsync(To("notes", "one"), _folder.Path);
        var again = await Tool("session_send").DoAsync(To("notes", "one"), _folder.Path);
        await Tool("session_send").DoAsync(To("notes", "two"), _folder.Path);

        Assert.Equal("It was sent to agent:main:notes before.", again);
        await Patience.UntilAsync(async _ => (await LinesAsync(_notes)).Count == 4, "both messages are answered");
    }

    [Theory]
    [InlineData("main")] // this session itself
    [InlineData("agent:main:main")]
    [InlineData("missing")]
    [InlineData("agent:other:main")]
    [InlineData("agent:nobody:main")]
    [InlineData("a b\n")]
    public async Task Only_other_sessions_of_the_agent_that_there_are_can_be_sent_to(string session) =>
        await Tool("session_send").RefusedAsync(To(session, "Hello"), _folder.Path);

    [Fact]
    public async Task A_run_that_another_session_caused_sends_to_none()
    {
        using var arguments = System.Text.Json.JsonDocument.Parse(To("notes", "Hello").ToJsonString());
        var context = new ToolContext("main", "agent:main:main", "session.send:run-1:call-1:0", "call-1", _folder.Path);

        var result = await Tool("session_send").RunAsync(arguments.RootElement, context, Ct);

        Assert.True(result.IsError, result.Text);
    }

    [Fact]
    public async Task A_run_that_hears_of_a_sub_agent_of_such_a_run_sends_to_none()
    {
        var child = SessionKey.Of("main", "subagent:7");
        var spawn = new Spawn(SessionKey.Main.Value, "", "session.send:run-1:call-1:0", 1);
        await _parts.Get<SessionTable>().TryAddAsync(child, new SessionEntry(child.Value, "child", 1) { Spawn = spawn });
        var told = new InboundMessage("run-1", SessionKey.Main, "It is done.", "webchat", SessionSender.Of(child.Value), 1);
        _parts.Get<Lanes>().Reserve(told, new QueueSettings());
        _parts.Get<Lanes>().Expect(new Turn(told));

        await Tool("session_send").RefusedAsync(To("notes", "Hello"), _folder.Path);
    }

    [Fact]
    public async Task A_message_to_a_channel_is_in_the_outbox_once()
    {
        var arguments = Message("desk", "anna", "Dinner is ready.");

        await Tool("message_send").DoAsync(arguments, _folder.Path);
        await Tool("message_send").DoAsync(arguments, _folder.Path);

        var item = Assert.Single(_parts.Get<Outbox>().All);
        Assert.Equal((new ReplyTarget("webhook", "desk", "anna"), "Dinner is ready."), (item.Message.Target, item.Message.Text));
    }

    [Theory]
    [InlineData("webhook", "nobody", "anna")]
    [InlineData("webhook", "mute", "anna")] // takes no messages
    [InlineData("telegram", "desk", "anna")]
    [InlineData("webhook", "desk", "an\nna")]
    public async Task Only_targets_that_the_configuration_knows_are_sent_to(string channel, string account, string chat)
    {
        var arguments = Message(account, chat, "Hello");
        arguments["channel"] = channel;

        await Tool("message_send").RefusedAsync(arguments, _folder.Path);

        Assert.Empty(_parts.Get<Outbox>().All);
    }

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _folder.Dispose();
    }

    private static JsonObject To(string session, string text) => new() { ["session"] = session, ["text"] = text };

    private static JsonObject Message(string account, string chat, string text) =>
        new() { ["channel"] = "webhook", ["account"] = account, ["chat"] = chat, ["text"] = text };

    private ITool Tool(string name) => _parts.Get<ToolCatalog>().Now()[name];

    private async Task<IReadOnlyList<TranscriptEntry>> LinesAsync(SessionKey session)
    {
        using var transcript = _parts.Get<Transcripts>().Open(_parts.Get<SessionTable>().Find(session)!.SessionId);
        return await transcript.ReadTailAsync(100, long.MaxValue, Ct);
    }
}
