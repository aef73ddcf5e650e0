using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Clients that send and do not read, or open and say nothing, slow only themselves.</summary>
[Trait("Requirement", "W8")]
[Trait("Requirement", "W7")]
public sealed class FloodTests
{
    private const long MostResidentBytes = 400L * 1024 * 1024;
    private const int Requests = 10_000;

    /// <summary>A gateway that wants far too much dies of it, and not the machine.</summary>
    private static readonly (string Name, string Value)[] HeapLimit = [("DOTNET_GCHeapHardLimit", "0x40000000")];

    [Fact]
    [Trait("Requirement", "O4")]
    public async Task Ten_thousand_requests_without_reading_hold_up_nobody_else_and_are_all_answered_once_read()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var flooder = await gateway.OpenOpenClawAsync();
        await using var other = await gateway.OpenOpenClawAsync();

        var flood = SendManyAsync(flooder, number => OpenClawWire.Request($"f{number}", "status"));
        for (var call = 0; call < 50; call++)
        {
            Assert.Equal("true", (await other.CallAsync("health")).Text("ok"));
        }

        Assert.InRange(gateway.PeakResidentBytes, 1, MostResidentBytes);
        var answered = new HashSet<string?>();
        while (answered.Count < Requests)
        {
            var answer = await flooder.ReceiveAsync(frame => frame.Text("type") == "res");
            Assert.Equal("true", answer.Text("ok"));
            Assert.True(answered.Add(answer.Text("id")), "answered twice");
        }

        await flood;
        Assert.InRange(gateway.PeakResidentBytes, 1, MostResidentBytes);
        await gateway.AssertAliveAsync();
    }

    [Fact]
    [Trait("Requirement", "O4")]
    public async Task Ten_thousand_requests_for_long_answers_without_reading_keep_memory_bounded()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = HeapLimit });
        await using var flooder = await gateway.OpenOpenClawAsync();
        await using var other = await gateway.OpenOpenClawAsync();
        await FillAsync(other);

        var flood = SendManyAsync(flooder, number => OpenClawWire.Request($"f{number}", "chat.history", WholeHistory()));
        for (var call = 0; call < 2000; call++)
        {
            Assert.Equal("true", (await other.CallAsync("health")).Text("ok"));
        }

        Assert.InRange(gateway.PeakResidentBytes, 1, MostResidentBytes);
        flooder.Abort();
        await Record.ExceptionAsync(() => flood);
        await gateway.AssertAliveAsync();
    }

    [Fact]
    [Trait("Requirement", "O4")]
    [Trait("Requirement", "W2")]
    public async Task A_batch_of_calls_for_long_answers_keeps_memory_bounded()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = HeapLimit });
        await using var client = await gateway.OpenJsonRpcAsync();
        await using var other = await gateway.OpenOpenClawAsync();
        await FillAsync(other);

        var call = JsonRpcWire.Call("1", "chat.history", WholeHistory());
        await client.SendAsync($"[{string.Join(',', Enumerable.Repeat(call, 256))}]");
        await Record.ExceptionAsync(() => client.ReceiveAsync()); // an answer, or a goodbye

        Assert.Equal("true", (await other.CallAsync("health")).Text("ok"));
        Assert.InRange(gateway.PeakResidentBytes, 1, MostResidentBytes);
    }

    [Fact]
    public async Task Half_open_handshakes_keep_nobody_out()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        const string Post = "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
        const string Upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgr";
        var silent = new List<IAsyncDisposable>();
        var sockets = new List<TcpClient>();
        for (var number = 0; number < 10; number++) // with the bodies that do not come, just below what one address may hold
        {
            silent.Add(await gateway.OpenSilentOpenClawAsync());
            silent.Add(await gateway.OpenSilentJsonRpcAsync());
            sockets.Add(await ConnectAsync(gateway, ""));
            sockets.Add(await ConnectAsync(gateway, Upgrade));
            sockets.Add(await ConnectAsync(gateway, Post));
        }

        await gateway.AssertAliveAsync();
        await using var client = await gateway.OpenOpenClawAsync();
        Assert.Equal("true", (await client.CallAsync("health")).Text("ok"));
        sockets.ForEach(socket => socket.Dispose());
        foreach (var one in silent)
        {
            await one.DisposeAsync();
        }
    }

    [Fact]
    [Trait("Requirement", "A6")]
    public async Task More_silent_connections_from_one_address_than_allowed_are_refused_and_logged_in_ones_stay()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__LIMITS__MAXUNAUTHENTICATEDPERADDRESS", "3")] };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        await using var first = await gateway.OpenSilentOpenClawAsync();
        await using var second = await gateway.OpenSilentJsonRpcAsync();
        await using var third = await gateway.OpenSilentOpenClawAsync();

        var refusal = await Record.ExceptionAsync(() => gateway.OpenSilentOpenClawAsync());

        Assert.Contains("503", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
        Assert.Equal("true", (await client.CallAsync("health")).Text("ok"));
        first.Abort();
        await Patience.UntilAsync(
            async _ => await Record.ExceptionAsync(async () => await (await gateway.OpenSilentOpenClawAsync()).DisposeAsync()) is null,
            "the place that became free was given away");
    }

    [Fact]
    public async Task Connections_that_ask_nothing_are_bounded_and_sockets_do_not_count()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__LIMITS__MAXCONNECTIONS", "3")] };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();
        TcpClient[] silent =
        [
            await ConnectAsync(gateway, ""), await ConnectAsync(gateway, "GET /health HTTP/1.1\r\nHost: loc"),
            await ConnectAsync(gateway, ""), await ConnectAsync(gateway, ""),
        ];
        var ends = silent.Select(socket => socket.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask()).ToList();

        var refused = await Task.WhenAny(ends).WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await refused);
        Assert.Equal(1, ends.Count(end => end.IsCompleted));
        Assert.Equal("true", (await client.CallAsync("health")).Text("ok"));
        Array.ForEach(silent, socket => socket.Dispose());
        await Patience.UntilAsync(
            async _ => await Record.ExceptionAsync(() => gateway.ProbeAsync("/health")) is null, "the place that became free was given away");
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("Sec-WebSocket-Version: 13\r\n")]
    public async Task An_upgrade_that_is_no_WebSocket_handshake_is_told_which_one_is_spoken(string headers)
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        using var socket = await ConnectAsync(
            gateway, $"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{headers}\r\n");
        using var reader = new StreamReader(socket.GetStream());

        var status = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        var answer = new List<string?>();
        while (answer.LastOrDefault() != "")
        {
            answer.Add(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal("HTTP/1.1 426 Upgrade Required", status);
        Assert.Contains("Sec-WebSocket-Version: 13", answer);
    }

    [Fact]
    [Trait("Requirement", "A6")]
    public async Task More_silent_connections_in_all_than_allowed_are_refused_wherever_they_come_from()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path)
        {
            Environment = [("CHELA_GATEWAY__LIMITS__MAXUNAUTHENTICATED", "3"), ("CHELA_GATEWAY__TRUSTEDPROXIES", "127.0.0.1")],
        };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenJsonRpcAsync();
        Assert.Null((await client.CallRpcAsync("health")).Find("error")); // it counts among the silent until its login is done
        await using var first = await OpenFromAsync(1);
        await using var second = await OpenFromAsync(2);
        await using var third = await OpenFromAsync(3);

        var refusal = await Record.ExceptionAsync(() => OpenFromAsync(4));

        Assert.Contains("503", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
        Assert.Null((await client.CallRpcAsync("health")).Find("error"));

        Task<WireClient> OpenFromAsync(int number) => WireClient.OpenAsync(gateway.Url + "/", ("X-Forwarded-For", $"203.0.113.{number}"));
    }

    [Fact]
    public async Task A_client_that_never_logs_in_is_sent_away()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("CHELA_GATEWAY__LIMITS__HANDSHAKETIMEOUTMS", "100")] };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var openClaw = await gateway.OpenSilentOpenClawAsync();
        await using var jsonRpc = await gateway.OpenSilentJsonRpcAsync();

        Assert.Equal((1000, ""), await openClaw.ClosedAsync());
        Assert.Equal((1008, "authentication timeout"), await jsonRpc.ClosedAsync());
        await gateway.AssertAliveAsync();
    }

    /// <summary>Makes the main session's history as long as one answer may be.</summary>
    private static async Task FillAsync(WireClient client)
    {
        for (var number = 0; number < 8; number++)
        {
            await client.SendChatAsync("main", $"long-{number}", new string('x', 400_000));
            await client.ChatEndAsync($"long-{number}");
        }
    }

    private static JsonObject WholeHistory() => new() { ["sessionKey"] = "main", ["maxChars"] = 500_000 };

    private static async Task SendManyAsync(WireClient client, Func<int, string> frame)
    {
        for (var number = 0; number < Requests; number++)
        {
            await client.SendAsync(frame(number));
        }
    }

    private static async Task<TcpClient> ConnectAsync(GatewayProcess gateway, string beginning)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(gateway.HttpUrl.Host, gateway.HttpUrl.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), TestContext.Current.CancellationToken);
        return socket;
    }
}
