using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Agents are made, changed and deleted while the gateway runs, in the file that people write.</summary>
[Trait("Requirement", "G4")]
[Trait("Requirement", "K3")]
public sealed class RosterTests : ScriptedModelTest
{
    private const string Written = """
        {
          // Those who answer.
          "agents": {
            "list": [
              { "id": "main" }, // everybody's
              { "id": "cook", "name": "Carla" } /* kitchen */
            ]
          },
          "channels": { "webhook": { "desk": { "secret": "a-secret-of-the-desk" } } },
          "bindings": [
            { "agentId": "cook", "match": { "channel": "webhook", "accountId": "desk", "peer": { "kind": "group", "id": "kitchen" } } },
            { "agentId": "main", "match": { "channel": "webhook", "accountId": "*" } }, // the others
            { "agentId": "cook", "match": { "channel": "webhook", "accountId": "desk" } }
          ]
        }

        """;

    private string ConfigFile => Path.Combine(StartIn().StateDirectory!, "chela.json");

    [Fact]
    public async Task An_agent_that_is_made_answers_at_once_and_after_a_restart()
    {
        await WriteAsync(null);
        await using (var gateway = await GatewayProcess.StartAsync(StartIn()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            var made = await client.CallAsync("agents.create", new()
            {
                ["name"] = " Zoë  the Cook ",
                ["model"] = "openai/small",
                ["emoji"] = "🍲",
                ["avatar"] = "https://example.org/z.png",
            });

            var workspace = Path.Combine(gateway.StateDirectory, "workspaces", "zo-the-cook");
            Assert.Equal(
                ("true", "zo-the-cook", "Zoë the Cook", "openai/small", workspace),
                (made.Text("payload/ok"), made.Text("payload/agentId"), made.Text("payload/name"), made.Text("payload/model"), made.Text("payload/workspace")));
            Assert.True(Directory.Exists(workspace));
            await AssertAnswersAsync(client, "c1");
            var changed = await client.ReceiveAsync(frame => frame.Text("event") == "config.changed");
            Assert.Equal((ConfigFile, (await client.CallAsync("config.get")).Text("payload/hash")), (changed.Text("payload/path"), changed.Text("payload/hash")));
        }

        await using var again = await GatewayProcess.StartAsync(StartIn());
        await using var reader = await again.OpenOpenClawAsync();
        await AssertAnswersAsync(reader, "c2");
        Assert.Equal(["main", "zo-the-cook"], await IdsAsync(reader));
        Assert.Equal(["small", "small"], Model.Requests.Select(request => request.Model));
    }

    [Fact]
    public async Task What_people_wrote_into_the_file_stays()
    {
        await WriteAsync(Written);
        await using var gateway = await GatewayProcess.StartAsync(StartIn());
        await using var client = await gateway.OpenOpenClawAsync();

        await SucceedAsync(client, "agents.create", new() { ["name"] = "Maid", ["workspace"] = Folder.File("maid") });
        await SucceedAsync(client, "agents.update", new() { ["agentId"] = "cook", ["name"] = "Clara", ["model"] = "openai/large" });
        await SucceedAsync(client, "agents.update", new() { ["agentId"] = "MAID", ["model"] = null, ["avatar"] = "M" });

        var maid = $$"""
            {
                    "id": "maid",
                    "name": "Maid",
                    "workspace": "{{Folder.File("maid")}}",
                    "identity": {
                      "avatar": "M"
                    }
                  }
            """;
        var expected = Written
            .Replace("\"Carla\" } /* kitchen */", $"\"Clara\", \"model\": \"openai/large\" }}, /* kitchen */\n      {maid}", StringComparison.Ordinal);
        Assert.Equal(expected, await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Equal(Written, await File.ReadAllTextAsync(ConfigFile + ".bak.3", Ct));
        Assert.Contains("agents.update of cook by gateway-client changed agents.list[1].name, agents.list[1].model in", await LogAsync(gateway), StringComparison.Ordinal);

        await SucceedAsync(client, "agents.update", new() { ["agentId"] = "cook", ["model"] = null });
        Assert.Equal(expected.Replace(", \"model\": \"openai/large\" }", " }", StringComparison.Ordinal), await File.ReadAllTextAsync(ConfigFile, Ct));
        var removed = await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "cook" });

        Assert.Equal("2", removed.Text("payload/removedBindings"));
        var now = await File.ReadAllTextAsync(ConfigFile, Ct);
        Assert.Contains("""
              "bindings": [
                { "agentId": "main", "match": { "channel": "webhook", "accountId": "*" } } // the others
              ]
            """, now, StringComparison.Ordinal);
        Assert.Contains("// everybody's\n      /* kitchen */\n      {\n        \"id\": \"maid\"", now, StringComparison.Ordinal);
        Assert.Equal(["main", "maid"], await IdsAsync(client));
    }

    [Fact]
    public async Task What_a_deleted_agent_runs_is_stopped_and_others_go_on()
    {
        await WriteAsync(Written);
        await using var gateway = await GatewayProcess.StartAsync(StartIn());
        await using var client = await gateway.OpenOpenClawAsync();
        var gate = new TaskCompletionSource();
        Model.Enqueue(FakeOpenAiReply.Held(gate.Task, "of main"), FakeOpenAiReply.Silence());
        await client.SendChatAsync("agent:main:main", "m1", "go on");
        await Model.NextRequestAsync(Ct);
        await client.SendChatAsync("agent:cook:main", "c1", "soup?");
        await Model.NextRequestAsync(Ct);
        await client.SendChatAsync("agent:cook:main", "c2", "bread?");
        var workspace = Path.Combine(gateway.StateDirectory, "workspaces", "cook");
        Directory.CreateDirectory(workspace);
        await File.WriteAllTextAsync(Path.Combine(workspace, "NOTES.md"), "soup", Ct);
        var vectors = Path.Combine(Directory.CreateDirectory(Path.Combine(gateway.StateDirectory, "embeddings")).FullName, "cook.vectors");
        await File.WriteAllTextAsync(vectors, "of what it remembered", Ct);

        var removed = await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "cook" });
        gate.SetResult();

        Assert.Equal("aborted", (await client.ChatEndAsync("c1")).Text("state"));
        Assert.Equal("aborted", (await client.ChatEndAsync("c2")).Text("state"));
        Assert.Equal("final", (await client.ChatEndAsync("m1")).Text("state"));
        Assert.Equal((workspace, "trash"), (removed.Text("payload/removed/0/path"), removed.Text("payload/removed/0/method")));
        Assert.False(Directory.Exists(workspace) || File.Exists(vectors));
        Assert.Equal("soup", await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(gateway.StateDirectory, "workspaces", ".trash"), "*", SearchOption.AllDirectories).Single(), Ct));
        Assert.Equal(["agent:main:main"], (await client.CallAsync("sessions.list")).List("payload/sessions").Select(row => row.Text("key")));
        Assert.Contains("unknown agent id \"cook\"", (await client.CallAsync("chat.send", OpenClawWire.ChatParams("agent:cook:main", "c3", "there?"))).Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("agent \"cook\" not found", (await client.CallAsync("agents.delete", new() { ["agentId"] = "cook" })).Text("error/message"));
    }

    [Fact]
    public async Task Sessions_and_folder_stay_where_that_is_wanted_and_nobody_answers_there_and_a_later_call_removes_them()
    {
        await WriteAsync(Written);
        await using var gateway = await GatewayProcess.StartAsync(StartIn());
        await using var client = await gateway.OpenOpenClawAsync();
        await client.SendChatAsync("agent:cook:main", "c1", "soup?");
        await client.ChatEndAsync("c1");

        var kept = await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "cook", ["deleteFiles"] = false });
        await client.SendChatAsync("agent:cook:main", "c2", "there?");
        var unanswered = await client.ChatEndAsync("c2");
        var readable = await client.HistoryAsync("agent:cook:main");
        var retried = await client.CallAsync("agents.delete", new() { ["agentId"] = "cook", ["deleteFiles"] = false });
        var removed = await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "cook" });

        Assert.Null(kept.Text("payload/removed"));
        Assert.Equal(("error", "There is no agent \"cook\" any more."), (unanswered.Text("state"), unanswered.Text("errorMessage")));
        Assert.Equal(["user: soup?", "user: there?"], readable.Select(OpenClawWire.Line).Where(line => line.StartsWith("user", StringComparison.Ordinal)));
        Assert.Equal("agent \"cook\" not found", retried.Text("error/message"));
        Assert.Equal("0", removed.Text("payload/removedBindings"));
        Assert.Empty((await client.CallAsync("sessions.list")).List("payload/sessions"));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task An_agent_that_others_may_spawn_can_be_deleted()
    {
        await WriteAsync("""
            {"agents":{
              "defaults":{"subagents":{"allowAgents":["cook", "main"]}},
              "list":[{"id":"main","subagents":{"allowAgents":["cook"]}}, {"id":"cook"}]}}
            """);
        await using var gateway = await GatewayProcess.StartAsync(StartIn());
        await using var client = await gateway.OpenOpenClawAsync();

        await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "cook" });

        Assert.Equal("""
            {"agents":{
              "defaults":{"subagents":{"allowAgents":["main"]}},
              "list":[{"id":"main","subagents":{"allowAgents":[]}}]}}
            """, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    public async Task A_folder_that_is_not_the_gateways_stays()
    {
        var elsewhere = Folder.File("elsewhere");
        await WriteAsync(null);
        await using var gateway = await GatewayProcess.StartAsync(StartIn());
        await using var client = await gateway.OpenOpenClawAsync();
        await SucceedAsync(client, "agents.create", new() { ["name"] = "a", ["workspace"] = elsewhere });
        await SucceedAsync(client, "agents.create", new() { ["name"] = "b" });
        await SucceedAsync(client, "agents.create", new() { ["name"] = "c", ["workspace"] = Path.Combine(gateway.StateDirectory, "workspaces", "b", "inside") });

        var own = await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "a" });
        var shared = await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "b" });

        Assert.Empty(own.List("payload/removed"));
        Assert.Equal((elsewhere, "it does not lie where the gateway keeps the folders of agents; remove it yourself"), (own.Text("payload/failed/0/path"), own.Text("payload/failed/0/reason")));
        Assert.Equal("another agent works there", shared.Text("payload/failed/0/reason"));
        Assert.True(Directory.Exists(elsewhere));
        Assert.True(Directory.Exists(Path.Combine(gateway.StateDirectory, "workspaces", "b", "inside")));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_nothing_is_written()
    {
        await WriteAsync(Written);
        await using var gateway = await GatewayProcess.StartAsync(StartIn());
        await using var client = await gateway.OpenOpenClawAsync();
        (string Method, JsonObject Parameters, string Message)[] refused =
        [
            ("agents.create", new() { ["name"] = "Cook" }, "agent \"cook\" already exists"),
            ("agents.create", new() { ["name"] = "日本" }, "Agent name \"日本\" has no valid id characters. Use at least one letter a-z or digit."),
            ("agents.create", new() { ["name"] = " " }, "agent name is required"),
            ("agents.create", new() { ["name"] = "a", ["workspace"] = "here" }, "workspace: must be an absolute path"),
            ("agents.create", new() { ["name"] = "a", ["workspace"] = ConfigFile }, $"workspace: the folder {ConfigFile} cannot be made; may the gateway write there?"),
            ("agents.create", new() { ["name"] = "a", ["model"] = "nobody/x" }, "There is no model provider \"nobody\"; configured: echo, openai."),
            ("agents.update", new() { ["agentId"] = "nobody", ["name"] = "x" }, "agent \"nobody\" not found"),
            ("agents.update", new() { ["agentId"] = "cook", ["agentRuntime"] = "codex" }, "agentRuntime: agents here have one runtime; leave it out"),
            ("agents.update", new() { ["agentId"] = "cook", ["model"] = 1 }, "invalid agents.update params: at /model: must be string or null"),
            ("agents.delete", new() { ["agentId"] = "nobody" }, "agent \"nobody\" not found"),
            ("agents.delete", new() { ["agentId"] = "//" }, "agent \"//\" not found"),
        ];

        foreach (var (method, parameters, message) in refused)
        {
            Assert.Equal(message, (await client.CallAsync(method, parameters)).Text("error/message"));
        }

        await SucceedAsync(client, "agents.update", new() { ["agentId"] = "cook", ["name"] = "Carla" });
        Assert.Equal(Written, await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Empty(Directory.GetFiles(gateway.StateDirectory, "chela.json.bak*"));

        await SucceedAsync(client, "agents.delete", new() { ["agentId"] = "cook" });
        Assert.Equal("Agent \"main\" is the only configured agent and cannot be deleted.", (await client.CallAsync("agents.delete", new() { ["agentId"] = "main" })).Text("error/message"));
        await File.AppendAllTextAsync(ConfigFile, "// by hand\n", Ct);
        var conflict = await client.CallAsync("agents.create", new() { ["name"] = "late" });
        Assert.Contains("was changed since the gateway read it, and nothing was written", conflict.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal(["main"], await IdsAsync(client));
    }

    [Fact]
    public async Task Agents_of_the_environment_are_changed_there_and_only_administrators_change_any()
    {
        await WriteAsync(null);
        await using var gateway = await GatewayProcess.StartAsync(StartIn(("CHELA_AGENTS__LIST", """[{"id":"main"}]""")));
        await using var client = await gateway.OpenOpenClawAsync();
        await using var reader = await gateway.OpenSilentOpenClawAsync();
        var connect = OpenClawWire.ConnectParams(gateway.Token);
        connect["scopes"] = new JsonArray("operator.read", "operator.write");
        await reader.CallAsync("connect", connect);

        var elsewhere = await client.CallAsync("agents.create", new() { ["name"] = "cook" });
        var forbidden = await reader.CallAsync("agents.create", new() { ["name"] = "cook" });

        Assert.Equal("agents.list is set by an environment variable, which wins over the file; change it there and restart", elsewhere.Text("error/message"));
        Assert.Contains("operator.admin", forbidden.Text("error/message"), StringComparison.Ordinal);
        Assert.False(File.Exists(ConfigFile));
    }

    private static async Task AssertAnswersAsync(WireClient client, string runId)
    {
        await client.SendChatAsync("agent:zo-the-cook:main", runId, "soup?");
        Assert.Equal("final", (await client.ChatEndAsync(runId)).Text("state"));
        var identity = await client.CallAsync("agent.identity.get", new() { ["agentId"] = "zo-the-cook" });
        Assert.Equal(("Zoë the Cook", "🍲", "https://example.org/z.png"), (identity.Text("payload/name"), identity.Text("payload/emoji"), identity.Text("payload/avatar")));
    }

    private static async Task<IEnumerable<string?>> IdsAsync(WireClient client) =>
        (await client.CallAsync("agents.list")).List("payload/agents").Select(agent => agent.Text("id"));

    private static async Task<JsonElement> SucceedAsync(WireClient client, string method, JsonObject parameters)
    {
        var answer = await client.CallAsync(method, parameters);
        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        return answer;
    }

    private static Task<string> LogAsync(GatewayProcess gateway) => File.ReadAllTextAsync(Path.Combine(gateway.StateDirectory, "logs", "gateway.log"), Ct);

    private async Task WriteAsync(string? text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        if (text is not null)
        {
            await File.WriteAllTextAsync(ConfigFile, text, Ct);
        }
    }

    private GatewayStart StartIn(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment = [("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"), .. environment],
    };
}
