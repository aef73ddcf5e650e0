using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Sessions.Attachments;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>
/// The rows of the table of keys that are in force at once, each seen in what the real executable does next. One gateway and one connection go
/// through all of them: a restart would close the connection.
/// </summary>
[Trait("Requirement", "K3")]
public sealed class ReloadRowTests(ReloadRowTests.Running running) : IClassFixture<ReloadRowTests.Running>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private WireClient Client => running.Client;

    private GatewayProcess Gateway => running.Gateway;

    [Fact]
    public async Task Http_the_next_answer_over_tls_has_the_header()
    {
        await running.ChangeAsync("""{"gateway":{"trustedProxies":["127.0.0.1"]}}""");
        var before = await HeaderAsync();

        await running.ChangeAsync("""{"gateway":{"trustedProxies":["127.0.0.1"],"http":{"securityHeaders":{"strictTransportSecurity":"max-age=60"}}}}""");

        Assert.Equal((null, "max-age=60"), (before, await HeaderAsync()));
    }

    [Fact]
    public async Task Nodes_the_next_device_is_admitted_by_the_new_rule()
    {
        await running.ChangeAsync("{}");
        var before = await ConnectDeviceAsync();

        await running.ChangeAsync("""{"gateway":{"nodes":{"pairing":{"autoApproveLocal":false}}}}""");

        Assert.Equal((null, "PAIRING_REQUIRED"), (before, await ConnectDeviceAsync()));
    }

    [Fact]
    public async Task Reload_the_next_change_is_taken_in_the_new_way()
    {
        await running.ChangeAsync("""{"gateway":{"reload":{"mode":"hot"}}}""");

        await running.WriteAsync("""{"gateway":{"reload":{"mode":"hot"},"events":{"replayMs":1000}}}""");
        await Patience.UntilAsync(async _ => (await Client.CallAsync("config.status")).List("payload/restartNeeded").Count == 1, "the change waits for a restart");
        await running.ChangeAsync("""{"gateway":{"reload":{"mode":"hot"}},"session":{"mainKey":"later"}}""");
        using var patience = Patience.Begin();
        await Gateway.Output.LineAsync(line => line.Contains("in force is now another session.mainKey", StringComparison.Ordinal), patience.Token);

        Assert.DoesNotContain("A restart was asked for", Gateway.Output.Text, StringComparison.Ordinal); // as the mode before would have done by then
    }

    [Fact]
    public async Task Bindings_the_next_message_goes_to_the_agent_that_is_bound()
    {
        await running.ChangeAsync("{}");
        var before = await AnsweredInAsync("b1", "before");

        await running.ChangeAsync("""{"bindings":[{"agentId":"cook","match":{"channel":"webhook","accountId":"desk"}}]}""");

        Assert.Equal(("agent:main:webhook:desk:direct:before", "agent:cook:webhook:desk:direct:after"), (before, await AnsweredInAsync("b2", "after")));
    }

    [Fact]
    public async Task Memory_the_next_search_asks_the_provider()
    {
        await running.ChangeAsync("{}");
        var before = await Client.CallAsync("memory.search", new JsonObject { ["query"] = "a turtle" });

        await running.ChangeAsync("""{"memory":{"search":{"provider":"nobody","model":"embed"}}}""");

        var after = await Client.CallAsync("memory.search", new JsonObject { ["query"] = "a turtle" });
        Assert.Null(before.Text("payload/warning"));
        Assert.StartsWith("Only words were compared.", after.Text("payload/warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attachments_the_next_file_has_as_much_room_as_there_is_now()
    {
        await running.ChangeAsync("{}");
        var before = await SendFileAsync("f1", 1);

        await running.ChangeAsync("""{"attachments":{"maxDiskBytes":1048576}}""");

        Assert.Null(before);
        Assert.Contains("may take at most 1048576 bytes together", await SendFileAsync("f2", 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_the_next_one_waits_or_not_by_the_new_rule()
    {
        await running.ChangeAsync("{}");
        await Client.SendChatAsync("queue", "q1", "/slow 60000 this takes longer than anybody waits");
        var before = (await SendAsync("queue", "q2"), await SendAsync("queue", "q3"));

        await running.ChangeAsync("""{"messages":{"queue":{"cap":2}}}""");

        Assert.Equal((null, null), before);
        Assert.StartsWith("2 messages already wait in this session", await SendAsync("queue", "q4"), StringComparison.Ordinal);
        await Client.CallAsync("chat.abort", new JsonObject { ["sessionKey"] = "queue" });
    }

    [Fact]
    public async Task Commands_the_next_one_is_obeyed_where_its_sender_is_named_now()
    {
        await running.ChangeAsync("{}");
        await running.Program.SendAsync(Gateway, "c1", "/whoami", "dora");
        await running.Program.SendAsync(Gateway, "c2", "hello", "dora");
        await running.Program.WhenAsync(posts => posts.Any(post => post.Text == "hello"));

        await running.ChangeAsync("""{"commands":{"allowFrom":{"webhook":["dora"]}}}""");

        await running.Program.SendAsync(Gateway, "c3", "/whoami", "dora");
        await running.Program.WhenAsync(posts => posts.Any(post => post.RunId == "webhook:desk:c3"));
        var replies = running.Program.Posts.Where(post => post.Chat == "dora").Select(post => post.Text.Split('\n')[0]);
        Assert.Equal(["hello", "You are webhook/desk:dora."], replies);
    }

    [Fact]
    [Trait("Requirement", "B1")]
    public async Task Places_for_runs_what_waits_begins_as_soon_as_more_may_run_and_what_runs_goes_on()
    {
        await running.ChangeAsync("""{"agents":{"defaults":{"maxConcurrent":1}}}""");
        await Client.SendChatAsync("p1", "p1", SlowReply.Question);
        await Client.ChatAsync("p1", "delta");
        await Client.SendChatAsync("p2", "p2", SlowReply.Question);

        await running.ChangeAsync("""{"agents":{"defaults":{"maxConcurrent":2}}}""");

        await Client.ChatAsync("p2", "delta");
        var heard = Client.Heard.ToList();
        Assert.True(heard.FindLastIndex(IsChange) < heard.FindIndex(frame => IsOf(frame, "p2")), "it had waited until then");
        Assert.Equal("true", (await AbortAsync("p1")).Text("payload/aborted")); // it had gone on
        await AbortAsync("p2");

        static bool IsChange(string frame) => JsonElement.Parse(frame).Text("event") == "config.changed";

        static bool IsOf(string frame, string run) => JsonElement.Parse(frame) is var told && told.Text("event") == "chat" && told.Text("payload/runId") == run;
    }

    private Task<JsonElement> AbortAsync(string session) => Client.CallAsync("chat.abort", new JsonObject { ["sessionKey"] = session });

    /// <summary>Why it was refused; null where the message was accepted.</summary>
    private async Task<string?> SendAsync(string session, string run) =>
        (await Client.CallAsync("chat.send", OpenClawWire.ChatParams(session, run, "and this"))).Text("error/message");

    private async Task<string?> SendFileAsync(string run, byte content)
    {
        var parameters = OpenClawWire.ChatParams("files", run, "look");
        parameters["attachments"] = new JsonArray(SampleFiles.ToSend([.. Enumerable.Repeat(content, 550 * 1024)], $"{run}.bin", "application/octet-stream"));
        return (await Client.CallAsync("chat.send", parameters)).Text("error/message");
    }

    private async Task<string?> HeaderAsync()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway.HttpUrl, "/healthz"));
        request.Headers.Add("X-Forwarded-For", "1.2.3.4");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await http.SendAsync(request, Ct);
        return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null;
    }

    private async Task<string?> ConnectDeviceAsync()
    {
        var (device, answer) = await new TestDevice().ConnectAsync(Gateway, ("token", Gateway.Token), ["operator.read"]);
        await device.DisposeAsync();
        return answer.Text("error/details/code");
    }

    /// <summary>The session in which a message from a chat is answered.</summary>
    private async Task<string?> AnsweredInAsync(string id, string chat)
    {
        await running.Program.SendAsync(Gateway, id, "hello", chat);
        await running.Program.WhenAsync(posts => posts.Any(post => post.Chat == chat));
        return (await Client.CallAsync("sessions.list")).List("payload/sessions").Select(row => row.Text("key")).Single(key => key!.EndsWith($":{chat}", StringComparison.Ordinal));
    }

    /// <summary>The gateway that all rows go through, with a channel and two agents.</summary>
    public sealed class Running : IAsyncLifetime
    {
        private const string Always = """
            {
                "agents": { "defaults": { "model": "echo/echo" }, "list": [{ "id": "main", "default": true }, { "id": "cook" }] },
                "models": { "providers": { "nobody": { "baseUrl": "http://127.0.0.1:9/v1", "apiKey": "a-key" } } }
            }
            """;

        private readonly TempFolder _folder = new();
        private string _text = "";

        internal FakeWebhook Program { get; private set; } = null!;

        internal GatewayProcess Gateway { get; private set; } = null!;

        internal WireClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Program = await FakeWebhook.StartAsync();
            var start = Program.StartIn(_folder, more: Always);
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(_folder.File("state/workspaces/main")).FullName, "MEMORY.md"), "Ann keeps a turtle.\n");
            Gateway = await GatewayProcess.StartAsync(start);
            Client = await Gateway.OpenOpenClawAsync();
            _text = With("{}");
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Gateway.DisposeAsync();
            await Program.DisposeAsync();
            _folder.Dispose();
        }

        /// <summary>Replaces the file by one that says this besides what it always says, as editors do.</summary>
        internal async Task WriteAsync(string more)
        {
            _text = With(more);
            var file = Path.Combine(Gateway.StateDirectory, "chela.json");
            await File.WriteAllTextAsync(file + ".new", _text, TestContext.Current.CancellationToken);
            File.Move(file + ".new", file, overwrite: true);
        }

        /// <summary>The same, and waits until it is in force; what another row had changed is taken back by it.</summary>
        internal async Task ChangeAsync(string more)
        {
            if (With(more) != _text)
            {
                await WriteAsync(more);
                await Client.ReceiveAsync(frame => frame.Text("event") == "config.changed");
            }
        }

        private string With(string more)
        {
            var config = JsonNode.Parse(Always)!.AsObject();
            config["channels"] = new JsonObject { ["webhook"] = new JsonObject { [FakeWebhook.Account] = new JsonObject { ["secret"] = FakeWebhook.Secret, ["url"] = Program.Url } } };
            Merge(config, JsonNode.Parse(more)!.AsObject());
            return config.ToJsonString();
        }

        private static void Merge(JsonObject into, JsonObject from)
        {
            foreach (var (name, value) in from)
            {
                if (into[name] is JsonObject inner && value is JsonObject outer)
                {
                    Merge(inner, outer);
                }
                else
                {
                    into[name] = value?.DeepClone();
                }
            }
        }
    }
}
