using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>SIGKILL at the worst moments: what was acknowledged is there afterwards, once.</summary>
[Trait("Requirement", "B4")]
public sealed class CrashTests
{
    private const int Rounds = 20;
    private const string NeverEnding = "/slow 5000 this takes longer than the process lives";
    private static readonly string Flowing = "/slow 20 " + string.Join(' ', Enumerable.Range(1, 2000));

    [Fact]
    public async Task Killed_again_and_again_right_after_the_acknowledgement_the_gateway_keeps_every_message_once()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        var ledger = new CrashLedger();

        for (var round = 0; round < Rounds; round++)
        {
            await using var gateway = await GatewayProcess.StartAsync(start);
            await CheckLastRoundAsync(gateway, ledger, round - 1);
            await StrikeAsync(gateway, ledger, round);
        }

        await using var last = await GatewayProcess.StartAsync(start);
        await CheckLastRoundAsync(last, ledger, Rounds - 1);
        await using var client = await last.OpenOpenClawAsync();
        foreach (var session in ledger.Sessions)
        {
            await ledger.CheckAsync(client, session);
        }

        Assert.True(ledger.Acknowledged >= 2 * Rounds, $"only {ledger.Acknowledged} messages were acknowledged");
    }

    [Fact]
    public async Task A_message_sent_again_while_its_run_is_under_way_is_in_flight_and_runs_once()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var first = await gateway.OpenOpenClawAsync();
        await using var second = await gateway.OpenOpenClawAsync();

        Assert.Equal("started", await first.SendChatAsync("main", "once", "/slow 300 one two three"));
        Assert.Equal("in_flight", await second.SendChatAsync("main", "once", "/slow 300 one two three"));
        await second.ChatEndAsync("once");
        Assert.Equal("ok", await second.SendChatAsync("main", "once", "/slow 300 one two three"));

        var history = await second.HistoryAsync("main");
        Assert.Equal(["user: /slow 300 one two three", "assistant (stop): one two three"], history.Select(OpenClawWire.Line));
    }

    [Fact]
    public async Task Another_message_under_a_used_key_is_refused_also_after_a_crash()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            Assert.Equal("started", await client.SendChatAsync("main", "key", "the first"));
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var other = await again.OpenOpenClawAsync();
        var refused = await other.CallAsync("chat.send", OpenClawWire.ChatParams("main", "key", "another"));

        Assert.Equal("INVALID_REQUEST", refused.Text("error/code"));
        Assert.Contains("key", refused.Text("error/message"), StringComparison.Ordinal);
        var question = Assert.Single(await other.HistoryAsync("main"), entry => entry.Text("role") == "user");
        Assert.Equal("the first", question.Text("content/0/text"));
    }

    [Theory]
    [InlineData("gateway.lock")]
    [InlineData("gateway.token")]
    [InlineData("sessions")]
    [InlineData("inbox")]
    public async Task A_first_start_that_is_killed_once_it_has_made_a_file_does_not_spoil_the_next(string name)
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        await using (var gateway = GatewayProcess.Launch(start))
        {
            var path = Path.Combine(gateway.StateDirectory, name);
            await Patience.UntilAsync(_ => Task.FromResult(Path.Exists(path) || gateway.Output.Text.Length > 0), $"{name} was there");
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await using var client = await again.OpenOpenClawAsync();
        await client.SendChatAsync("main", "run", "hello");

        Assert.Equal("final", (await client.ChatEndAsync("run")).Text("state"));
    }

    [Fact]
    public async Task The_list_of_sessions_counts_right_after_crashes_in_the_middle_of_many_short_runs()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        for (var crash = 0; crash < 5; crash++)
        {
            await using var gateway = await GatewayProcess.StartAsync(start);
            await using var client = await gateway.OpenOpenClawAsync();
            var messages = Enumerable.Range(0, 20).Select(number => new SentMessage("main", $"{crash}-{number}", "hello", Fate.Open));
            await SendAllAsync(client, [.. messages]);
            await client.ChatAsync($"{crash}-{crash}", "final");
            gateway.Kill();
        }

        await using var last = await GatewayProcess.StartAsync(start);
        await using var reader = await last.OpenOpenClawAsync();
        await using var rpc = await last.OpenJsonRpcAsync();
        var listed = Assert.Single((await rpc.CallRpcAsync("session.list")).List("result/sessions"));
        var history = await reader.HistoryAsync("main");

        Assert.Equal($"{history.Count}", listed.Text("message_count"));
    }

    /// <summary>What was acknowledged is there; what is sent again is recognised; nothing changes by it.</summary>
    private static async Task CheckLastRoundAsync(GatewayProcess gateway, CrashLedger ledger, int round)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        var sent = ledger.OfRound(round);
        foreach (var session in sent.Select(message => message.Session).Distinct())
        {
            await ledger.CheckAsync(client, session);
        }

        foreach (var message in sent.Where(message => message.IsAcknowledged))
        {
            Assert.Equal("ok", await client.SendChatAsync(message.Session, message.RunId, message.Text));
        }

        foreach (var message in sent.Where(message => !message.IsAcknowledged && message.Fate == Fate.Open))
        {
            if (await client.SendChatAsync(message.Session, message.RunId, message.Text) == "started")
            {
                await client.ChatAsync(message.RunId, "final");
                ledger.Settle(message.RunId, Fate.Finished);
            }

            ledger.Acknowledge(message.RunId);
        }

        foreach (var session in sent.Select(message => message.Session).Distinct())
        {
            await ledger.CheckAsync(client, session);
        }
    }

    private static Task StrikeAsync(GatewayProcess gateway, CrashLedger ledger, int round) => (round % 5) switch
    {
        0 => StrikeAtOnceAsync(gateway, ledger, round, $"hello in round {round}", Fate.Open),
        1 => StrikeAtOnceAsync(gateway, ledger, round, NeverEnding, Fate.Unfinished),
        2 => StrikeAfterFirstDeltaAsync(gateway, ledger, round),
        3 => StrikeInTheCrowdAsync(gateway, ledger, round),
        _ => StrikeBetweenTwoTurnsAsync(gateway, ledger, round),
    };

    private static async Task StrikeAtOnceAsync(GatewayProcess gateway, CrashLedger ledger, int round, string text, Fate fate)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        await SendAsync(client, ledger, new SentMessage($"agent:main:s{round % 3}", $"{round}-a", text, fate));
        gateway.Kill();
    }

    private static async Task StrikeAfterFirstDeltaAsync(GatewayProcess gateway, CrashLedger ledger, int round)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        await SendAsync(client, ledger, new SentMessage($"agent:main:s{round % 3}", $"{round}-a", Flowing, Fate.Unfinished));
        await client.ChatAsync($"{round}-a", "delta");
        Assert.Equal("in_flight", await client.SendChatAsync($"agent:main:s{round % 3}", $"{round}-a", Flowing));
        gateway.Kill();
    }

    /// <summary>Many connections send to many sessions without waiting; the process dies when each has one acknowledgement.</summary>
    private static async Task StrikeInTheCrowdAsync(GatewayProcess gateway, CrashLedger ledger, int round)
    {
        const int Senders = 4;
        const int Each = 5;
        var clients = new List<WireClient>();
        for (var sender = 0; sender < Senders; sender++)
        {
            clients.Add(await gateway.OpenOpenClawAsync());
            for (var number = 0; number < Each; number++)
            {
                var session = $"agent:main:s{(sender + number) % 3}";
                ledger.Add(new SentMessage(session, $"{round}-{sender}{number}", $"{sender} says {number}", Fate.Open));
            }
        }

        var all = ledger.OfRound(round);
        await Task.WhenAll(clients.Select((client, sender) => SendAllAsync(client, [.. all.Skip(sender * Each).Take(Each)])));
        gateway.Kill();
        foreach (var client in clients)
        {
            var heard = await client.DrainAsync();
            foreach (var frame in heard.Where(frame => frame.Text("payload/status") == "started"))
            {
                ledger.Acknowledge(frame.Text("payload/runId")!);
            }

            await client.DisposeAsync();
        }
    }

    private static async Task SendAllAsync(WireClient client, IReadOnlyList<SentMessage> messages)
    {
        foreach (var message in messages)
        {
            await client.SendAsync(
                OpenClawWire.Request(message.RunId, "chat.send", OpenClawWire.ChatParams(message.Session, message.RunId, message.Text)));
        }

        await client.WhenHeardAsync(frame => frame.Text("payload/status") == "started");
    }

    /// <summary>One turn has ended, one runs, one waits behind it.</summary>
    private static async Task StrikeBetweenTwoTurnsAsync(GatewayProcess gateway, CrashLedger ledger, int round)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        var session = $"agent:main:s{round % 3}";
        await SendAsync(client, ledger, new SentMessage(session, $"{round}-a", $"round {round} begins", Fate.Finished));
        await client.ChatAsync($"{round}-a", "final");
        await SendAsync(client, ledger, new SentMessage(session, $"{round}-b", NeverEnding, Fate.Unfinished));
        await SendAsync(client, ledger, new SentMessage(session, $"{round}-c", $"round {round} waits", Fate.Unfinished));
        gateway.Kill();
    }

    private static async Task SendAsync(WireClient client, CrashLedger ledger, SentMessage message)
    {
        ledger.Add(message);
        Assert.Equal("started", await client.SendChatAsync(message.Session, message.RunId, message.Text));
        ledger.Acknowledge(message.RunId);
    }
}
