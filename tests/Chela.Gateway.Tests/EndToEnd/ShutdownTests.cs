using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>SIGTERM: everybody hears of it, what runs comes to its end, nothing is lost.</summary>
[Trait("Requirement", "K9")]
public sealed class ShutdownTests
{
    private const string Slow = "/slow 500 this turn comes to its end";
    private const string Short = "/slow 500 all is said";

    [Fact]
    public async Task Clients_hear_of_the_end_the_turn_finishes_and_sockets_close_with_their_dialects_code()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var openClaw = await gateway.OpenOpenClawAsync();
        await using var jsonRpc = await gateway.OpenJsonRpcAsync();
        await openClaw.SendChatAsync("main", "run", Slow);
        await openClaw.ChatAsync("run", "delta");

        gateway.Terminate();

        var shutdown = await openClaw.ReceiveAsync(frame => frame.Text("event") == "shutdown");
        var closing = await jsonRpc.EventAsync("gateway_closing");
        var refused = await openClaw.CallAsync("chat.send", OpenClawWire.ChatParams("main", "late", "too late"));
        Assert.Equal(503, await gateway.ProbeAsync("/readyz"));
        Assert.Equal(200, await gateway.ProbeAsync("/healthz"));
        var end = await openClaw.ChatEndAsync("run");
        Assert.Equal("gateway stopping", shutdown.Text("payload/reason"));
        Assert.Equal("gateway stopping", closing.Text("reason"));
        Assert.Equal(("false", "UNAVAILABLE"), (refused.Text("ok"), refused.Text("error/code")));
        Assert.Equal("final", end.Text("state"));
        Assert.Equal("this turn comes to its end", end.Text("message/content/0/text"));
        Assert.Equal((1012, "service restart"), await openClaw.ClosedAsync());
        Assert.Equal(1001, (await jsonRpc.ClosedAsync()).Code);
        Assert.Equal(0, await gateway.EndAsync());
        Assert.Equal("", gateway.Errors.Text);
    }

    [Fact]
    public async Task A_turn_that_finished_while_stopping_is_in_the_history_of_the_next_start_and_the_refused_message_is_not()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("main", "run", Slow);
            await client.SendChatAsync("main", "behind", "waits its turn");
            await client.ChatAsync("run", "delta");
            gateway.Terminate();
            await client.ReceiveAsync(frame => frame.Text("event") == "shutdown");
            await client.CallAsync("chat.send", OpenClawWire.ChatParams("main", "late", "too late"));
            Assert.Equal(0, await gateway.EndAsync());
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var reader = await again.OpenOpenClawAsync();
        Assert.Equal(
            [$"user: {Slow}", "assistant (stop): this turn comes to its end", "user: waits its turn", "assistant (stop): waits its turn"],
            (await reader.HistoryAsync("main")).Select(OpenClawWire.Line));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(40)]
    [Trait("Requirement", "W2")]
    public async Task Calls_that_wait_for_a_turn_get_their_answer_before_the_goodbye(int callers)
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("CHELA_AGENTS__DEFAULTS__MAXCONCURRENT", "64")] };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var witness = await gateway.OpenOpenClawAsync();
        var waiting = new List<(WireClient Client, string Id)>();
        for (var number = 0; number < callers; number++)
        {
            var client = await gateway.OpenJsonRpcAsync();
            var parameters = new JsonObject { ["text"] = "/slow 1000 all", ["session_key"] = $"agent:main:s{number}" };
            waiting.Add((client, client.NextId()));
            await client.SendAsync(JsonRpcWire.Call(waiting[^1].Id, "chat.send", parameters));
        }

        for (var number = 0; number < callers; number++)
        {
            await witness.ReceiveAsync(frame => frame.Text("payload/data/phase") == "start");
        }

        gateway.Terminate();

        foreach (var (client, id) in waiting)
        {
            var answer = await client.ReceiveAsync(frame => frame.Text("id") == id);
            Assert.Equal("all", answer.Text("result/text"));
            Assert.Equal(1001, (await client.ClosedAsync()).Code);
            await client.DisposeAsync();
        }

        Assert.Equal(0, await gateway.EndAsync());
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_second_signal_ends_at_once_and_the_next_start_finds_the_runs_again_that_the_log_had_named()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        string said;
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("main", "run-1", "/slow 5000 nobody waits this long for it to end");
            await client.SendChatAsync("main", "run-2", "waits its turn");
            await client.SendChatAsync("other", "run-3", "/slow 5000 nor for this");
            gateway.Terminate();
            await client.ReceiveAsync(frame => frame.Text("event") == "shutdown");
            using var patience = Patience.Begin();
            said = await gateway.Output.LineAsync(line => line.Contains("The stop waits for 3 runs: ", StringComparison.Ordinal), patience.Token);
            Assert.NotEqual(0, await gateway.TerminateAsync());
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var reader = await again.OpenOpenClawAsync();
        string[] named = [.. said[(said.IndexOf("runs: ", StringComparison.Ordinal) + "runs: ".Length)..].Split(", ").Order()];
        Assert.Equal(["run-1 of agent:main:main", "run-2 of agent:main:main", "run-3 of agent:main:other"], named);
        foreach (var (run, session) in named.Select(name => name.Split(" of ")).Select(parts => (parts[0], parts[1])))
        {
            Assert.Contains($"Run {run} of session {session} had not ended when the last process did: interrupted", again.Output.Text, StringComparison.Ordinal);
            Assert.Equal("interrupted", (await reader.HistoryAsync(session))[^1].Text("stopReason"));
        }
    }

    [Fact]
    public async Task A_hundred_clients_in_each_dialect_hear_of_it_and_short_runs_of_every_dialect_end_before_the_close()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = [("CHELA_AGENTS__DEFAULTS__MAXCONCURRENT", "64")] });
        await using var witness = await gateway.OpenOpenClawAsync();
        var openClaw = await HundredAsync(() => gateway.OpenOpenClawAsync());
        var jsonRpc = await HundredAsync(gateway.OpenJsonRpcAsync);
        var plain = await HundredAsync(() => WireClient.OpenAsync(gateway.Url + "/plain", ("Authorization", $"Bearer {gateway.Token}")));
        var session = await HundredAsync(() => OpenSessionAsync(gateway));
        (WireClient Client, string Message, Predicate<JsonElement> IsAnswer)[] asking =
        [
            .. Ten(openClaw, (_, name) => OpenClawWire.Request("ask", "chat.send", OpenClawWire.ChatParams($"o{name}", $"o{name}", Short)),
                name => frame => (frame.Text("payload/runId"), frame.Text("payload/state")) == ($"o{name}", "final")),
            .. Ten(jsonRpc, (_, name) => JsonRpcWire.Call("ask", "chat.send", new JsonObject { ["text"] = Short, ["session_key"] = $"agent:main:j{name}" }),
                _ => frame => frame.Text("result/text") == "all is said"),
            .. Ten(plain, (_, name) => $$$"""{"id":"ask","method":"chat.send","params":{{{OpenClawWire.ChatParams($"p{name}", $"p{name}", Short).ToJsonString()}}}}""",
                name => frame => (frame.Text("event"), frame.Text("data/runId"), frame.Text("data/state")) == ("chat.done", $"p{name}", "final")),
            .. Ten(session, (client, _) => $$$"""{"Chat":{"content":"{{{Short}}}","session_id":"{{{JsonElement.Parse(client.Heard[0]).Text("Connected/session_id")}}}"}}""",
                _ => frame => frame.TryGetProperty("AgentComplete", out var _)),
        ];
        await Task.WhenAll(asking.Select(one => one.Client.SendAsync(one.Message)));
        for (var begun = 0; begun < asking.Length; begun++)
        {
            await witness.ReceiveAsync(frame => frame.Text("payload/data/phase") == "start");
        }

        gateway.Terminate();

        await Task.WhenAll(asking.Select(one => one.Client.ReceiveAsync(one.IsAnswer))); // fails where the close comes first
        await Task.WhenAll(
        [
            .. openClaw.Select(client => ToldAsync(client, frame => frame.Text("event") == "shutdown", 1012)),
            .. jsonRpc.Select(client => ToldAsync(client, frame => frame.Text("params/type") == "gateway_closing", 1001)),
            .. plain.Select(client => ToldAsync(client, frame => frame.Text("event") == "gateway_closing", 1001)),
            .. session.Select(async client => Assert.Equal(1001, (await client.ClosedAsync()).Code)),
        ]);
        Assert.Equal(0, await gateway.EndAsync());
    }

    private static async Task<WireClient[]> HundredAsync(Func<Task<WireClient>> open)
    {
        return [.. (await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TenAsync()))).SelectMany(ten => ten)];

        async Task<List<WireClient>> TenAsync()
        {
            var ten = new List<WireClient>();
            while (ten.Count < 10)
            {
                ten.Add(await open());
            }

            return ten;
        }
    }

    private static async Task<WireClient> OpenSessionAsync(GatewayProcess gateway)
    {
        var client = await WireClient.OpenAsync(gateway.Url + "/session");
        await client.SendAsync($$$"""{"Connect":{"session_id":null,"auth":"{{{gateway.Token}}}"}}""");
        await client.ReceiveAsync(frame => frame.TryGetProperty("Connected", out _));
        return client;
    }

    /// <summary>What ten of the clients say, each with what it waits for then.</summary>
    private static IEnumerable<(WireClient Client, string Message, Predicate<JsonElement> IsAnswer)> Ten(
        WireClient[] clients, Func<WireClient, int, string> message, Func<int, Predicate<JsonElement>> answer) =>
        clients.Take(10).Select((client, number) => (client, message(client, number), answer(number)));

    private static async Task ToldAsync(WireClient client, Predicate<JsonElement> closing, int code)
    {
        await client.ReceiveAsync(closing);
        Assert.Equal(code, (await client.ClosedAsync()).Code);
        await client.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "W8")]
    public async Task Clients_that_say_nothing_or_do_not_answer_do_not_hold_up_the_end()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var silent = await gateway.OpenSilentOpenClawAsync();
        await using var deaf = await gateway.OpenOpenClawAsync();
        await using var anonymous = await gateway.OpenSilentJsonRpcAsync();

        Assert.Equal(0, await gateway.TerminateAsync());

        Assert.Equal(1012, (await silent.ClosedAsync()).Code);
        Assert.Equal(1012, (await deaf.ClosedAsync()).Code);
        Assert.Equal(1001, (await anonymous.ClosedAsync()).Code);
    }

    [Fact]
    [Trait("Requirement", "O5")]
    public async Task A_signal_during_the_start_ends_it_in_order()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var gateway = GatewayProcess.Launch(start))
        {
            using var patience = Patience.Begin();
            await gateway.Output.LineAsync(line => line.Contains(" listens on ", StringComparison.Ordinal), patience.Token);
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await again.AssertAliveAsync();
    }
}
