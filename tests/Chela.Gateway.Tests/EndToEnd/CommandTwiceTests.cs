using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Commands that are sent again, also after the gateway was killed.</summary>
[Trait("Requirement", "B5")]
public sealed class CommandTwiceTests : IDisposable
{
    private readonly TempFolder _home = new();

    [Fact]
    public async Task A_command_sent_twice_happens_once()
    {
        JsonObject Reset() => new() { ["text"] = "/reset", ["session_key"] = "twice", ["idempotency_key"] = "reset" };
        string? first;
        string? second;
        await using (var gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path)))
        {
            await using var client = await gateway.OpenJsonRpcAsync();
            first = (await client.CallRpcAsync("chat.send", Reset())).Text("result/text");
            await client.CallRpcAsync("chat.send", new() { ["text"] = "Hello", ["session_key"] = "twice" });
            second = (await client.CallRpcAsync("chat.send", Reset())).Text("result/text");
            gateway.Kill();
            await gateway.EndAsync();
        }

        await using var restarted = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
        await using var later = await restarted.OpenJsonRpcAsync();
        var third = (await later.CallRpcAsync("chat.send", Reset())).Text("result/text");
        var history = await later.CallRpcAsync("chat.history", new() { ["session_key"] = "twice" });

        Assert.Equal("A new conversation begins.", first);
        Assert.Equal((first, first), (second, third));
        Assert.Equal(2, history.List("result/messages").Count);
    }

    [Fact]
    public async Task Two_senders_of_one_command_at_the_same_time_are_told_the_same()
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
        await using var one = await gateway.OpenOpenClawAsync();
        await using var other = await gateway.OpenOpenClawAsync();

        await one.SendChatAsync("both", "runs", "/slow 1000 one two three");
        var answers = await Task.WhenAll(one.SendChatAsync("both", "both", "/new"), other.SendChatAsync("both", "both", "/new"));
        await one.ChatEndAsync("both");

        Assert.Equal(["ok", "ok"], answers);
        var resets = await one.CallAsync("chat.send", OpenClawWire.ChatParams("both", "both", "/reset"));
        Assert.Equal("another message was already sent with the idempotency key both", resets.Text("error/message"));
    }

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task Who_waits_for_a_run_that_ended_before_a_restart_is_told_how_it_ended()
    {
        JsonObject Wait(string runId) => new() { ["runId"] = runId, ["timeoutMs"] = 0 };
        string? told;
        await using (var gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path)))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("main", "done", "Hello");
            await client.ChatEndAsync("done");
            await client.SendChatAsync("main", "asked", "/status");
            told = (await client.CallAsync("agent.wait", Wait("done"))).Text("payload/endedAt");
            await gateway.TerminateAsync();
        }

        await using var restarted = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));
        await using var later = await restarted.OpenOpenClawAsync();
        var done = await later.CallAsync("agent.wait", Wait("done"));
        var asked = await later.CallAsync("agent.wait", Wait("asked"));
        var nobody = await later.CallAsync("agent.wait", Wait("nobody"));

        Assert.Equal(("ok", told), (done.Text("payload/status"), done.Text("payload/endedAt")));
        Assert.Equal(("ok", "timeout"), (asked.Text("payload/status"), nobody.Text("payload/status")));
        Assert.Null(nobody.Text("payload/endedAt"));
    }

    public void Dispose() => _home.Dispose();
}
