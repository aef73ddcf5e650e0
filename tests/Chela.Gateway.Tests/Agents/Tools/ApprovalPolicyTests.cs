using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Approvals;
using Chela.Gateway.Hosting;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Sessions;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools;

/// <summary>What was allowed for good, as administrators see and change it.</summary>
[Trait("Requirement", "G3")]
[Trait("Requirement", "W5")]
public sealed class ApprovalPolicyTests
{
    private const string AskLook = """{ "tools": { "ask": ["look", "exec"] } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_allowed_for_good_is_shown_and_once_taken_back_is_asked_for_in_the_same_run()
    {
        GatewayParts parts = null!;
        var isTakenBack = false;
        var look = new ProbeTool("look", async (_, _) =>
        {
            var shown = (await parts.CallAsync("exec.approvals.get", [])).Result;
            if (!isTakenBack)
            {
                Assert.Equal("look", Assert.Single(PatternsOf(shown, "main")));
                Assert.Equal("look", shown.Text("file/agents/main/allowlist/0/commandText"));
                Assert.Null((await SetAsync(parts, shown, [])).Error);
                isTakenBack = true;
            }

            return new ToolResult("seen");
        });
        await using var trial = await ToolTrial.StartAsync(AskLook, look);
        parts = trial.Parts;
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("look", "{}")), FakeOpenAiReply.Calls(("look", "{}")), FakeOpenAiReply.Text("Done."));
        await parts.Get<ApprovalGrants>().AddForGoodAsync(new ApprovalSubject("main", SessionKey.Main.Value, "look"), "somebody", 1, Ct);
        await parts.Get<ApprovalGrants>().AddForSessionAsync(new ApprovalSubject("main", SessionKey.Main.Value, "look"), Ct);

        var run = trial.RunAsync("Look twice.");
        var asked = await WaitingAsync(parts);
        await parts.Get<ApprovalTable>().ResolveAsync(asked.Id, ApprovalDecision.Deny, "tester");

        Assert.Equal("Done.", (await run).Text);
        Assert.Single(look.Calls);
    }

    [Fact]
    public async Task What_is_written_into_it_need_not_be_asked_and_survives_a_restart_with_who_decided()
    {
        using var folder = new TempFolder();
        var exec = new ToolDescription("exec", "Runs.", JsonElement.Parse("{}")) { Risk = ToolRisk.High };
        var context = new ToolContext("main", "agent:main:main", "run", "c0", folder.Path);
        await using (var first = await GatewayParts.StartAsync(folder, config: AskLook))
        {
            await first.Get<ApprovalGrants>().AddForGoodAsync(new ApprovalSubject("main", "s", "fs.write"), "somebody", 7, Ct);
            var before = (await first.CallAsync("exec.approvals.get", [])).Result;
            var after = await SetAsync(first, before, ["fs.write", """exec { "command": [ "ls", "ü<" ] }"""]);
            Assert.Equal(after.Result.GetRawText(), (await first.CallAsync("exec.approvals.get", [])).Result.GetRawText());
            Assert.NotEqual(before.Text("hash"), after.Result.Text("hash"));
        }

        await using var second = await GatewayParts.StartAsync(folder, config: AskLook);

        var arguments = JsonSerializer.Serialize(JsonElement.Parse("""{"command":["ls","ü<"]}"""));
        Assert.Null(await second.Get<ApprovalTable>().AskAsync(exec, arguments, context, null, Ct));
        var kept = (await second.Get<ApprovalGrants>().ReadAsync(Ct)).Select(grant => $"{grant.Subject.Split(' ')[0]} {grant.By}");
        Assert.Equal(["fs.write somebody", "exec test"], kept);
    }

    [Theory]
    [InlineData("/usr/bin/rg", "the name of a tool")]
    [InlineData("exec", "risky")]
    [InlineData("exec [1]", "a JSON object")]
    [InlineData("look {}", "name it alone")]
    public async Task What_would_allow_nothing_is_refused(string pattern, string why)
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder, tools: [new ProbeTool("look", "seen")]);
        var before = (await parts.CallAsync("exec.approvals.get", [])).Result;

        var (_, error) = await SetAsync(parts, before, [pattern]);

        Assert.Equal(RpcErrorKind.InvalidRequest, error?.Kind);
        Assert.StartsWith("invalid exec.approvals.set params: at /file/agents/main/allowlist: ", error?.Message, StringComparison.Ordinal);
        Assert.Contains(why, error?.Message, StringComparison.Ordinal);
        Assert.Equal(before.GetRawText(), (await parts.CallAsync("exec.approvals.get", [])).Result.GetRawText());
    }

    [Theory]
    [InlineData("""{"version":1,"agents":{"nobody":{"allowlist":[{"pattern":"fs.write"}]}}}""")]
    [InlineData("""{"version":1,"defaults":{"security":"full"}}""")]
    [InlineData("""{"version":1,"agents":{"main":{"ask":"off"}}}""")]
    public async Task What_cannot_hold_here_is_refused(string file)
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        var (_, error) = await parts.CallAsync("exec.approvals.set", new() { ["file"] = JsonNode.Parse(file) });

        Assert.Equal(RpcErrorKind.InvalidRequest, error?.Kind);
        Assert.False(File.Exists(parts.Get<StatePaths>().ApprovalsFile));
    }

    [Fact]
    public async Task Nobody_writes_over_what_another_allowed_meanwhile_and_only_administrators_write()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);
        var empty = (await parts.CallAsync("exec.approvals.get", [])).Result;
        Assert.Equal(("false", "allowlist", "on-miss"), (empty.Text("exists"), empty.Text("resolvedDefaults/security"), empty.Text("resolvedDefaults/ask")));
        await parts.Get<ApprovalGrants>().AddForGoodAsync(new ApprovalSubject("main", "s", "fs.write"), "somebody", 7, Ct);

        var old = await SetAsync(parts, empty, []);
        var none = await parts.CallAsync("exec.approvals.set", new() { ["file"] = new JsonObject { ["version"] = 1 } });
        var lesser = await parts.CallAsync("exec.approvals.get", [], OperatorScopes.Approvals);

        Assert.Equal("exec approvals changed since last load; re-run exec.approvals.get and retry", old.Error?.Message);
        Assert.Equal("exec approvals base hash required; re-run exec.approvals.get and retry", none.Error?.Message);
        Assert.Equal(RpcErrorKind.Forbidden, lesser.Error?.Kind);
        Assert.Single(await parts.Get<ApprovalGrants>().ReadAsync(Ct));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);
        await File.WriteAllTextAsync(parts.Get<StatePaths>().ApprovalsFile, "no json", Ct);

        var (_, error) = await parts.CallAsync("exec.approvals.get", []);

        Assert.Equal(RpcErrorKind.Unavailable, error?.Kind);
        Assert.Equal("no json", await File.ReadAllTextAsync(parts.Get<StatePaths>().ApprovalsFile, Ct));
    }

    private static async Task<(JsonElement Result, RpcError? Error)> SetAsync(GatewayParts parts, JsonElement shown, string[] patterns)
    {
        var entries = patterns.Select(pattern => new JsonObject { ["pattern"] = pattern });
        var file = new JsonObject
        {
            ["version"] = 1,
            ["defaults"] = JsonNode.Parse(shown.GetProperty("resolvedDefaults").GetRawText()),
            ["agents"] = new JsonObject { ["main"] = new JsonObject { ["allowlist"] = new JsonArray([.. entries]) } },
        };
        return await parts.CallAsync("exec.approvals.set", new() { ["file"] = file, ["baseHash"] = shown.Text("hash") });
    }

    private static IEnumerable<string?> PatternsOf(JsonElement shown, string agent) =>
        shown.List($"file/agents/{agent}/allowlist").Select(entry => entry.Text("pattern"));

    private static async Task<Approval> WaitingAsync(GatewayParts parts)
    {
        while (parts.Get<ApprovalTable>().Pending is not [_, ..])
        {
            await Task.Delay(5, Ct);
        }

        return parts.Get<ApprovalTable>().Pending[0];
    }
}
