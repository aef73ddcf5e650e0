using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What waits for its turn behind a run that does not end, through the real executable.</summary>
public sealed class StoppedWhileWaitingTests : ScriptedModelTest
{
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayStart Start => new(Folder.Path) { Environment = [("OPENAI_BASE_URL", Model.BaseUrl)] };

    public override ValueTask DisposeAsync()
    {
        _mayAnswer.TrySetResult();
        return base.DisposeAsync();
    }

    [Theory]
    [Trait("Requirement", "B4")]
    [Trait("Requirement", "B6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_waiting_message_that_is_stopped_ends_at_once_and_reads_the_same_later_whether_the_gateway_is_killed_or_goes_on(bool isKilled)
    {
        await using var gateway = await GatewayProcess.StartAsync(Start);
        await using var client = await gateway.OpenOpenClawAsync();
        await BeginAsync(client);
        await client.SendChatAsync("main", "waits", "waits");

        var stopped = await client.CallAsync("chat.abort", new JsonObject { ["sessionKey"] = "main", ["runId"] = "waits" });
        var waited = await client.CallAsync("agent.wait", new JsonObject { ["runId"] = "waits" });
        var told = await client.ChatEndAsync("waits");
        var meanwhile = await LinesAsync(client);

        Assert.Equal(["waits"], stopped.List("payload/runIds").Select(run => run.ToString()));
        Assert.Equal(("timeout", "rpc"), (waited.Text("payload/status"), waited.Text("payload/stopReason")));
        Assert.Equal("aborted", told.Text("state"));
        Assert.Equal(["user: first", "user: waits"], meanwhile);
        if (isKilled)
        {
            gateway.Kill();
            await gateway.EndAsync();
            await using var next = await GatewayProcess.StartAsync(Start);
            await using var reader = await next.OpenOpenClawAsync();
            Assert.Equal(["assistant (interrupted)", "assistant (aborted)"], (await LinesAsync(reader)).Where(line => line[0] == 'a').Select(line => line.Split(':')[0]));
            Assert.Equal("ok", await reader.SendChatAsync("main", "waits", "waits"));
            return;
        }

        _mayAnswer.SetResult();
        await client.ChatEndAsync("first");
        await client.SendChatAsync("main", "last", "last");
        await client.ChatEndAsync("last");
        Assert.Equal(
            ["user: first", "assistant (stop): to first", "user: waits", "assistant (aborted): ", "user: last", "assistant (stop): Hello from the fake."],
            await LinesAsync(client));
        Assert.Single(client.Heard, frame => frame.Contains("\"state\":\"aborted\"", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_note_waits_for_what_runs_and_stands_behind_it()
    {
        await using var gateway = await GatewayProcess.StartAsync(Start);
        await using var client = await gateway.OpenOpenClawAsync();
        await BeginAsync(client);
        await client.SendAsync(OpenClawWire.Request("note", "chat.inject", new JsonObject { ["sessionKey"] = "main", ["message"] = "a note" }));
        await client.CallAsync("health"); // answered after it was read

        _mayAnswer.SetResult();
        var answer = await client.AnswerAsync("note");

        Assert.Equal("true", answer.Text("ok"));
        Assert.Equal(["user: first", "assistant (stop): to first", "assistant (stop): a note"], await LinesAsync(client));
    }

    private async Task BeginAsync(WireClient client)
    {
        Model.Enqueue(FakeOpenAiReply.Held(_mayAnswer.Task, "to ", "first"));
        await client.SendChatAsync("main", "first", "first");
        await client.ChatAsync("first", "delta");
    }

    private static async Task<IReadOnlyList<string>> LinesAsync(WireClient client) =>
        [.. (await client.HistoryAsync("main")).Select(OpenClawWire.Line)];
}
