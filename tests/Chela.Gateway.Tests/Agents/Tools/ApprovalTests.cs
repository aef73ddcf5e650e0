using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Approvals;
using Chela.Gateway.Hosting;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools;

[Trait("Requirement", "G3")]
public sealed class ApprovalTests
{
    private const string AskLook = """{ "tools": { "ask": ["look", "exec"] } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("allow-once", "seen", 1)]
    [InlineData("deny", "Error: The use of the tool was not approved.", 0)]
    public async Task A_run_waits_until_somebody_decides(string decision, string told, int uses)
    {
        var look = new ProbeTool("look", "seen");
        await using var trial = await ToolTrial.StartAsync(AskLook, look);
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("look", """{"at":"sky"}""")), FakeOpenAiReply.Text("Done."));

        var run = trial.RunAsync("Well?");
        var approval = await NextAsync(trial);
        Assert.Empty(look.Calls);
        var resolved = await Resolve(trial, approval.Id[..4], decision);
        var result = await run;

        Assert.Equal("Done.", result.Text);
        Assert.Equal(uses, look.Calls.Count);
        Assert.Equal(told, trial.Model.Requests[1].Body.GetProperty("messages")[2].Text("content"));
        Assert.Equal("""look {"at":"sky"}""", resolved?.Shown);
        Assert.Empty(trial.Parts.Get<ApprovalTable>().Pending);
        var (asked, decided) = (Told<ApprovalRequestedEvent>(trial), Told<ApprovalResolvedEvent>(trial));
        Assert.Equal((approval.Id, "exec", "look"), (asked.Text("id"), asked.Text("approvalKind"), asked.Text("request/tool")));
        Assert.Equal((approval.Id, decision, "tester"), (decided.Text("id"), decided.Text("decision"), decided.Text("resolvedBy")));
    }

    [Fact]
    public async Task A_decision_is_taken_once()
    {
        await using var trial = await ToolTrial.StartAsync(AskLook, new ProbeTool("look", "seen"));
        trial.Model.Enqueue(FakeOpenAiReply.Calls(("look", "{}")), FakeOpenAiReply.Text("Done."));
        var run = trial.RunAsync("Well?");
        var id = (await NextAsync(trial)).Id;

        var decisions = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => Resolve(trial, id, number % 2 == 0 ? "deny" : "allow-once"))));
        await run;

        Assert.Single(decisions, decision => decision is not null);
        Assert.Null(await Resolve(trial, id, "deny"));
    }

    [Theory]
    [InlineData("allow-once", 2)]
    [InlineData("allow-session", 1)]
    [InlineData("allow-always", 1)]
    public async Task What_was_allowed_for_longer_is_not_asked_again(string decision, int questions)
    {
        await using var trial = await ToolTrial.StartAsync(AskLook, new ProbeTool("look", "seen"));
        trial.Model.Enqueue([.. Enumerable.Repeat(new[] { FakeOpenAiReply.Calls(("look", "{}")), FakeOpenAiReply.Text("Done.") }, 2).SelectMany(pair => pair)]);

        for (var number = 0; number < 2; number++)
        {
            var run = trial.RunAsync($"Well {number}?");
            if (number < questions)
            {
                await Resolve(trial, (await NextAsync(trial)).Id, decision);
            }

            Assert.Equal("Done.", (await run).Text);
        }

        Assert.Equal(questions, trial.Parts.Events.OfType<ApprovalRequestedEvent>().Count());
        Assert.Equal(decision == "allow-always", File.Exists(trial.Parts.Get<StatePaths>().ApprovalsFile));
    }

    [Fact]
    public async Task Always_means_the_same_call_of_a_risky_tool_and_holds_after_a_restart()
    {
        using var folder = new TempFolder();
        var risky = new ToolDescription("exec", "Runs.", JsonElement.Parse("{}")) { Risk = ToolRisk.High };
        var context = new ToolContext("main", "agent:main:main", "run", "c0", folder.Path);
        await using (var first = await GatewayParts.StartAsync(folder))
        {
            var table = first.Get<ApprovalTable>();
            var ask = table.AskAsync(risky, """{"command":["ls"]}""", context, null, Ct);
            await table.ResolveAsync((await NextAsync(first)).Id, ApprovalDecision.AllowAlways, "tester");
            Assert.Null(await ask);
        }

        await using var second = await GatewayParts.StartAsync(folder);
        var again = second.Get<ApprovalTable>();

        Assert.Null(await again.AskAsync(risky, """{"command":["ls"]}""", context, null, Ct));
        var other = again.AskAsync(risky, """{"command":["rm"]}""", context, null, Ct);
        var foreign = again.AskAsync(risky, """{"command":["ls"]}""", context with { AgentId = "other" }, null, Ct);
        Assert.Equal(2, again.Pending.Count);
        await Task.WhenAll(again.Pending.Select(one => again.ResolveAsync(one.Id, ApprovalDecision.Deny, "tester")));
        Assert.NotNull(await other);
        Assert.NotNull(await foreign);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"grants":[{"agentId":"main"}]}""")]
    public async Task A_file_that_cannot_be_read_grants_nothing_and_is_left_alone(string content)
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);
        var path = parts.Get<StatePaths>().ApprovalsFile;
        await File.WriteAllTextAsync(path, content, Ct);
        var table = parts.Get<ApprovalTable>();
        var ask = table.AskAsync(new ToolDescription("look", "Looks.", JsonElement.Parse("{}")), "{}", new ToolContext("main", "s", "r", "c", "/"), null, Ct);
        var id = (await NextAsync(parts)).Id;

        await Assert.ThrowsAsync<IOException>(() => table.ResolveAsync(id, ApprovalDecision.AllowAlways, "tester"));
        await table.ResolveAsync(id, ApprovalDecision.AllowOnce, "tester"); // it still waits

        Assert.Null(await ask);
        Assert.Equal(content, await File.ReadAllTextAsync(path, Ct));
    }

    [Fact]
    public async Task Nobody_in_time_is_a_no_and_a_run_that_ends_takes_its_question_back()
    {
        using var folder = new TempFolder();
        var time = new ManualTimeProvider();
        await using var parts = await GatewayParts.StartAsync(folder, time);
        var table = parts.Get<ApprovalTable>();
        var tool = new ToolDescription("look", "Looks.", JsonElement.Parse("{}"));
        var context = new ToolContext("main", "s", "r", "c", "/");
        using var end = new CancellationTokenSource();

        var waits = time.WhenTimerAsync(ApprovalTable.Longest);
        var late = table.AskAsync(tool, "{}", context, null, Ct);
        await waits;
        time.Advance(ApprovalTable.Longest);
        Assert.Equal("Nobody approved the use of the tool in time.", await late);
        var ended = table.AskAsync(tool, "{}", context, null, end.Token);
        await NextAsync(parts);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);
        Assert.Empty(table.Pending);
        Assert.All(parts.Events.OfType<ApprovalResolvedEvent>(), one => Assert.Equal(JsonValueKind.Null, GatewayParts.PayloadOf(one).GetProperty("decision").ValueKind));
        Assert.Equal(2, parts.Events.OfType<ApprovalResolvedEvent>().Count());
    }

    [Fact]
    public async Task Commands_of_clients_are_bounded_end_in_time_and_are_known_a_moment_longer()
    {
        using var folder = new TempFolder();
        var time = new ManualTimeProvider();
        await using var parts = await GatewayParts.StartAsync(folder, time);
        var table = parts.Get<ApprovalTable>();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Approval Command(string id) => new CommandQuestion { Command = "ls", TimeoutMs = int.MaxValue }.ToApproval(id, now, ApprovalTable.Longest);

        var waiting = Enumerable.Range(0, ApprovalTable.MostCommands).Select(number => table.Open(Command($"c{number}"))).ToList();
        Assert.Equal(RpcErrorKind.TooMany, (await Assert.ThrowsAsync<RpcException>(() => table.Open(Command("more")))).Error.Kind);
        time.Advance(ApprovalTable.Longest);

        Assert.All(await Task.WhenAll(waiting), Assert.Null);
        Assert.Empty(table.Pending);
        Assert.Null(Assert.IsType<ApprovalOutcome>(await table.WaitAsync("c0", Ct)).Decision);
        Assert.Equal("approval id already pending", (await Assert.ThrowsAsync<RpcException>(() => table.Open(Command("c0")))).Message);
        time.Advance(RecentDecisions.Kept);
        Assert.Null(await table.WaitAsync("c0", Ct));
    }

    [Fact]
    public async Task A_decision_that_cannot_be_kept_leaves_the_question_to_its_end()
    {
        using var folder = new TempFolder();
        var time = new ManualTimeProvider();
        await using var parts = await GatewayParts.StartAsync(folder, time);
        await File.WriteAllTextAsync(parts.Get<StatePaths>().ApprovalsFile, "no json", Ct);
        var table = parts.Get<ApprovalTable>();
        var waits = time.WhenTimerAsync(ApprovalTable.Longest);
        var ask = table.AskAsync(new ToolDescription("look", "Looks.", JsonElement.Parse("{}")), "{}", new ToolContext("main", "s", "r", "c", "/"), null, Ct);
        await waits;
        await Assert.ThrowsAsync<IOException>(() => table.ResolveAsync(table.Pending[0].Id, ApprovalDecision.AllowAlways, "tester"));

        time.Advance(ApprovalTable.Longest);

        Assert.Equal("Nobody approved the use of the tool in time.", await ask);
        Assert.Empty(table.Pending);
    }

    [Theory]
    [InlineData("ls -l \"a b\" ü 烏龜 😀", "ls -l \"a b\" ü 烏龜 😀")]
    [InlineData("ls\n\u202Etxt.exe", "ls\\u{A}\\u{202E}txt.exe")]
    [InlineData("rm\u200B \u3164\u00A0x\u2028", "rm\\u{200B} \\u{3164}\\u{A0}x\\u{2028}")]
    [InlineData("ls \U000E0041", "ls \\u{E0041}")]
    public void People_are_shown_one_line_without_tricks(string text, string shown) => Assert.Equal(shown, ShownText.Of(text));

    private static async Task<Approval?> Resolve(ToolTrial trial, string id, string decision) =>
        await trial.Parts.Get<ApprovalTable>().ResolveAsync(id, ApprovalWords.Read(decision)!.Value, "tester");

    private static Task<Approval> NextAsync(ToolTrial trial) => NextAsync(trial.Parts);

    private static async Task<Approval> NextAsync(GatewayParts parts)
    {
        while (parts.Get<ApprovalTable>().Pending is not [_, ..])
        {
            await Task.Delay(5, Ct);
        }

        return parts.Get<ApprovalTable>().Pending[0];
    }

    private static JsonElement Told<T>(ToolTrial trial)
        where T : Chela.Contracts.Events.GatewayEvent => GatewayParts.PayloadOf(trial.Parts.Events.OfType<T>().Single());
}
