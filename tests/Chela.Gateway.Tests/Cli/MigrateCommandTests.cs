using System.Text.Json;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary>Installations of OpenClaw, taken over by the real executable.</summary>
[Trait("Requirement", "K2")]
[Trait("Requirement", "O5")]
public sealed class MigrateCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => _folder.File("state");

    private string ConfigFile => Path.Combine(State, "chela.json");

    [Fact]
    public async Task Everything_that_means_something_here_is_taken_over_and_everything_else_is_named()
    {
        var source = Sample("openclaw-2026.2");
        var before = Contents(source);

        var run = await RunAsync(source);
        var lines = Lines(run);

        Assert.Equal(before, Contents(source));
        Assert.DoesNotContain("canary", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Equal(
            """
            {"$schema":"./chela.schema.json","meta":{"version":3},"gateway":{"port":18790,"reload":{"mode":"hybrid"},"auth":{"token":"canary-gateway-token-01"}},
            "agents":{"defaults":{"maxConcurrent":4,"model":"gemini/gemini-3-pro","modelFallbacks":["openai/gpt-5"]},"list":[{"id":"main","default":true,"identity":{"emoji":"M"},"name":"Molty"},
            {"id":"cook","model":"openai/gpt-5","tools":{"allow":["fs.read","fs.list","fs.search","http.fetch"]}}]},
            "models":{"providers":{"own":{"baseUrl":"http://127.0.0.1:9/v1","api":"openai-completions","apiKey":"${SEARCH_API_KEY}","models":[{"id":"small","contextWindow":32000}]},
            "anthropic":{"apiKey":"canary-anthropic-key"}},"aliases":{"gpt":"openai/gpt-5"}},
            "bindings":[{"agentId":"cook","match":{"channel":"whatsapp","peer":{"kind":"direct","id":"\u002B4915"}}}],
            "session":{"dmScope":"per-peer","reset":{"mode":"daily","atHour":4}},"messages":{"queue":{"mode":"steer"}},"tools":{"deny":["exec"]},
            "channels":{"slack":{"default":{"botToken":"xoxb-canary-slack-bot-token","appToken":"xapp-canary-slack-app-token","dmPolicy":"allowlist","allowFrom":["U42"],
            "groups":{"C1":{"requireMention":false,"enabled":true,"allowFrom":["U42"]}}}},
            "telegram":{"default":{"botToken":"canary-telegram-token","allowFrom":["42"],"groups":{"-100":{"requireMention":false}}},
            "work":{"botToken":"canary-telegram-token-2","allowFrom":["42"],"dmPolicy":"disabled","replyToMode":"first","streaming":"off"}},
            "discord":{"default":{"token":"canary-discord-token.and-more","dmPolicy":"allowlist","allowFrom":["42"],
            "groups":{"910":{"allowFrom":["42"],"requireMention":true,"enabled":true},"901":{"allowFrom":["*"]}}}}},
            "mcp":{"servers":{"files":{"command":"files-server","timeoutSeconds":2,"allow":["list"]}}}}
            """.ReplaceLineEndings(""),
            System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(ConfigFile, Ct))!.ToJsonString());
        Assert.Equal("OPENAI_API_KEY=\"canary-openai-key\"\nSEARCH_API_KEY=\"canary-search-key\"\n", await File.ReadAllTextAsync(Path.Combine(State, ".env"), Ct));
        Assert.Equal("# Rules\nBe kind.\n", await File.ReadAllTextAsync(Path.Combine(State, "workspaces", "main", "AGENTS.md"), Ct));
        Assert.Equal("You cook.\n", await File.ReadAllTextAsync(Path.Combine(State, "workspaces", "cook", "SOUL.md"), Ct));
        Assert.Superset(
            new HashSet<string>
            {
                "taken gateway.port", "taken older form: gateway.token is now gateway.auth.token", "taken variable SEARCH_API_KEY", "taken session agent:main:main",
                "taken session agent:main:whatsapp:direct:+4915", "left gateway.tailscale", "left agents.list[2]", "left bindings[1]", "left channels.telegram.default.network", "left channels.slack.default.mode", "left channels.whatsapp",
                "left channels.discord.default.pluralkit", "left channels.discord.default.allowFrom", "left channels.discord.default.guilds.900.channels.general", "left channels.discord.default.guilds.902",
                "left models.providers.cloud", "left tools.deny: canvas", "left credential openai-codex:default", "left session agent:main:gone",
                "taken people let in to telegram", "taken people let in to telegram/work", "left people let in to slack/gone", "left people let in to whatsapp",
                "left session agent:main:broken", "left session global", "left agents.list[0].identity.theme",
            },
            lines.Select(line => line.StartsWith("taken older", StringComparison.Ordinal) ? line : line.Split(" | ")[0]).ToHashSet());
        Assert.Contains(lines, line => line.EndsWith("discord-allowFrom.json | it is not of a form that is known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_time_changes_nothing_and_a_gateway_shows_what_was_taken_over()
    {
        var source = Sample("openclaw-2026.2");
        await RunAsync(source);
        var before = Contents(State);

        var again = Lines(await RunAsync(source));

        Assert.Equal(before, Contents(State));
        Assert.DoesNotContain(again, line => line.StartsWith("taken", StringComparison.Ordinal));
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        await using var client = await gateway.OpenOpenClawAsync(token: "canary-gateway-token-01");
        var history = await client.CallAsync("chat.history", new System.Text.Json.Nodes.JsonObject { ["sessionKey"] = "agent:main:main" });
        Assert.Equal("What do I drink?", history.Text("payload/messages/0/content/0/text"));
        Assert.Equal("Tea.", history.Text("payload/messages/1/content/0/text"));
        var paired = (await client.CallAsync("channels.pairing.list")).List("payload/paired");
        Assert.Equal(
            ["telegram/default:77", "telegram/default:78", "telegram/work:77", "telegram/work:78", "telegram/work:79"],
            paired.Select(one => $"{one.Text("channel")}/{one.Text("accountId")}:{one.Text("senderId")}").Order(StringComparer.Ordinal));
        Assert.Equal(78, (await RunAsync(source)).ExitCode);
    }

    [Fact]
    public async Task The_shape_of_later_versions_is_known_and_a_dry_run_writes_nothing()
    {
        var source = Sample("openclaw-2026.9");

        var dry = Lines(await RunAsync(source, "--dry-run"));
        Assert.False(Directory.Exists(State));
        var run = Lines(await RunAsync(source));

        Assert.Equal(dry, run);
        var config = JsonElement.Parse(await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Equal(("main", "anthropic/claude-sonnet-4-5"), (config.Text("agents/list/0/id"), config.Text("agents/list/0/model")));
        Assert.Equal("gemini/gemini-3-flash", config.Text("agents/list/1/subagents/model"));
        Assert.Contains(run, line => line.StartsWith("left gateway.auth.token | its secret comes from 'file'", StringComparison.Ordinal));
        Assert.Contains(run, line => line.EndsWith("import them with sessions.import", StringComparison.Ordinal));
        Assert.Contains(run, line => line.StartsWith("left messages.queue.debounceMsByChannel", StringComparison.Ordinal));
        Assert.Equal(
            """
            {"domain":"lark","connectionMode":"webhook","encryptKey":"canary-encrypt-key-01","verificationToken":"canary-verification-token",
            "appId":"cli_a1b2c3d4e5f6a7b8","appSecret":"canary-feishu-secret","allowFrom":["ou_anna"]}
            """.ReplaceLineEndings(""),
            System.Text.Json.Nodes.JsonNode.Parse(config.Find("channels/feishu/work")!.Value.GetRawText())!.ToJsonString());
        Assert.Contains(run, line => line.StartsWith("left channels.feishu.work.webhookPath | ", StringComparison.Ordinal));
        Assert.Contains(run, line => line.StartsWith("left channels.feishu.work.renderMode", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Settings_that_are_here_stay_unless_they_are_to_give_way()
    {
        var source = Sample("openclaw-2026.9");
        Directory.CreateDirectory(State);
        await File.WriteAllTextAsync(ConfigFile, "{ /* mine */ }", Ct);

        var kept = Lines(await RunAsync(source));
        Assert.Equal("{ /* mine */ }", await File.ReadAllTextAsync(ConfigFile, Ct));
        await RunAsync(source, "--force");

        Assert.Contains(kept, line => line.StartsWith("left all settings | ", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(State, "workspaces", "main", "SOUL.md")));
        Assert.Contains("claude-sonnet-4-5", await File.ReadAllTextAsync(ConfigFile, Ct), StringComparison.Ordinal);
        Assert.Equal("{ /* mine */ }", await File.ReadAllTextAsync(ConfigFile + ".bak.1", Ct));
    }

    [Theory]
    [InlineData(null, 1, "there is no ")]
    [InlineData("{\n  a b }", 78, "line 2, column 5: a colon is missing")]
    [InlineData("[]", 78, "it is no object")]
    public async Task What_cannot_be_read_is_refused(string? text, int exitCode, string sentence)
    {
        var source = _folder.File("source");
        Directory.CreateDirectory(source);
        if (text is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(source, "openclaw.json"), text, Ct);
        }

        var refused = await ChelaProcess.RunAsync(["migrate", "openclaw", "--from", source, "--state-dir", State]);

        Assert.Equal(exitCode, refused.ExitCode);
        Assert.Contains(sentence, refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ConfigFile));
    }

    public void Dispose() => _folder.Dispose();

    private Task<Result> RunAsync(string source, params string[] options) =>
        ChelaProcess.RunAsync(["migrate", "openclaw", "--from", source, "--state-dir", State, "--json", .. options]);

    /// <summary>One text for each line of the report: what became of what, and why.</summary>
    private static List<string> Lines(Result run)
    {
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return [.. JsonElement.Parse(run.Output).List("lines").Select(line =>
            $"{line.Text("outcome")} {line.Text("subject")}{(line.Text("subject") == "older form" ? ": " : " | ")}{line.Text("remark")}")];
    }

    /// <summary>A copy of a sample; what its file <c>variables</c> holds is <c>.env</c> there.</summary>
    private string Sample(string name)
    {
        var sample = Path.Combine(Repository.Root, "tests", "Chela.Gateway.Tests", "Cli", "Samples", name);
        foreach (var file in Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_folder.File(name), Path.GetRelativePath(sample, file).Replace("variables", ".env", StringComparison.Ordinal));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return _folder.File(name);
    }

    private static Dictionary<string, string> Contents(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(File.ReadAllBytes(file)));
}
