using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Tokens and cost of runs, through the real executable and a scripted model, and the budgets that end them.</summary>
[Trait("Requirement", "G1")]
[Trait("Requirement", "W9")]
public sealed class UsageTests : ScriptedModelTest
{
    [Fact]
    public async Task Every_call_of_aModel_counts_once_also_after_a_kill_and_when_a_message_comes_again()
    {
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            Model.Enqueue(FakeOpenAiReply.Calls(("fs_list", "{}")), FakeOpenAiReply.Text("it ", "is ", "empty"));
            await client.SendChatAsync("main", "with-tool", "what is there?");
            await client.ChatAsync("with-tool", "final");
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        Assert.Equal("ok", await reader.SendChatAsync("main", "with-tool", "what is there?"));
        Model.Enqueue(FakeOpenAiReply.Text("four"));
        await reader.SendChatAsync("agent:main:other", "plain", "two and two?");
        await reader.ChatAsync("plain", "final");

        var cost = (await reader.CallAsync("usage.cost", new JsonObject { ["days"] = 3 })).GetProperty("payload");
        var sessions = (await reader.CallAsync("sessions.usage")).GetProperty("payload");
        var main = sessions.List("sessions").Single(row => row.Text("key") == "agent:main:main");
        var series = (await reader.CallAsync("sessions.usage.timeseries", new JsonObject { ["key"] = "main" })).List("payload/points");

        var logs = (await reader.CallAsync("sessions.usage.logs", new JsonObject { ["key"] = "main" })).List("payload/logs");

        Assert.Equal(["user", "tool", "toolResult", "assistant"], logs.Select(line => line.Text("role")));
        Assert.Equal("16", logs[^1].Text("tokens"));
        Assert.Equal((9, 7, 22), TokensOf(cost.GetProperty("totals")));
        Assert.Equal(((9 * 0.25m) + (7 * 2m) + (6 * 0.025m)) / 1_000_000, cost.GetProperty("totals").GetProperty("totalCost").GetDecimal());
        Assert.Equal(3, cost.List("daily").Count);
        Assert.Equal((6, 6, 16), TokensOf(main.GetProperty("usage")));
        Assert.Equal(("1", "fs_list"), (main.Text("usage/messageCounts/user"), main.Text("usage/toolUsage/tools/0/name")));
        Assert.Equal(("2", "gpt-5-mini", "3"), (sessions.Text("aggregates/sessionCount"), sessions.Text("aggregates/byModel/0/model"), sessions.Text("aggregates/byModel/0/count")));
        Assert.Equal(["8", "16"], series.Select(point => point.Text("cumulativeTokens")));
    }

    [Fact]
    public async Task A_run_that_has_used_up_its_budget_asks_itsModel_no_more_and_says_which_it_was()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start(("CHELA_AGENTS__DEFAULTS__BUDGET__RUNTOKENS", "8")));
        await using var client = await gateway.OpenOpenClawAsync();
        Model.Enqueue(FakeOpenAiReply.Calls(("fs_list", "{}")));

        await client.SendChatAsync("main", "dear", "what is there?");
        var end = await client.ChatEndAsync("dear");

        Assert.Equal("error", end.Text("state"));
        Assert.Equal(
            "The budget is used up: this run took 8 tokens of 8. Wait, or raise runTokens in agents.defaults.budget or in the budget of the agent.",
            end.Text("errorMessage"));
        Assert.Single(Model.Requests);
    }

    [Theory]
    [InlineData("DAYTOKENS", "6", "agent main today (UTC) took 6 tokens of 6")]
    [InlineData("DAYCOST", "0.000002", "agent main today (UTC) cost $0.000003 of $0.000002")]
    public async Task What_an_agent_took_today_counts_after_a_restart_too(string key, string most, string sentence)
    {
        var start = Start(($"CHELA_AGENTS__DEFAULTS__BUDGET__{key}", most));
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            Model.Enqueue(FakeOpenAiReply.Text("four"));
            await client.SendChatAsync("main", "first", "two and two?");
            await client.ChatAsync("first", "final");
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var other = await again.OpenOpenClawAsync();
        await other.SendChatAsync("main", "second", "and three?");
        var end = await other.ChatEndAsync("second");

        Assert.Equal("error", end.Text("state"));
        Assert.Contains(sentence, end.Text("errorMessage"), StringComparison.Ordinal);
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task The_command_line_shows_it()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        Model.Enqueue(FakeOpenAiReply.Text("four"));
        await client.SendChatAsync("main", "run", "two and two?");
        await client.ChatAsync("run", "final");

        var shown = await ChelaProcess.RunAsync(["usage", "--url", gateway.Url, "--token", gateway.Token]);
        var json = await ChelaProcess.RunAsync(["usage", "--json", "--days", "1", "--url", gateway.Url, "--token", gateway.Token]);

        Assert.Contains("all                      5             1             6  $0.00", shown.Output, StringComparison.Ordinal);
        Assert.Equal("6", JsonElement.Parse(json.Output).Text("totals/totalTokens"));
    }

    [Theory]
    [InlineData("""{"startDate":"2026-02-30"}""", "at /startDate: must be a day")]
    [InlineData("""{"startDate":"2026-02-02","endDate":"2026-02-01"}""", "at /startDate: must not lie behind endDate")]
    [InlineData("""{"mode":"specific","timeZone":"Moon/Crater"}""", "at /timeZone: there is no such time zone")]
    [InlineData("""{"mode":"specific","utcOffset":"UTC+15"}""", "at /utcOffset: must not be more than 14 hours")]
    public async Task Days_that_do_not_exist_are_refused(string parameters, string why)
    {
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        var answer = await client.CallAsync("usage.cost", JsonNode.Parse(parameters)!.AsObject());

        Assert.Contains(why, answer.Text("error/message"), StringComparison.Ordinal);
    }

    private static (long Input, long Output, long Total) TokensOf(JsonElement totals) =>
        (totals.GetProperty("input").GetInt64(), totals.GetProperty("output").GetInt64(), totals.GetProperty("totalTokens").GetInt64());

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(Folder.Path)
    {
        Environment = [("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/gpt-5-mini"), .. environment],
    };
}
