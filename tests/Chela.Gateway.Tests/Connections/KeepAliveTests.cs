using System.Net;
using System.Net.Sockets;
using System.Text;
using Chela.Gateway.Connections;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Connections;

/// <summary>Who answers pings stays however idle it is; who is gone without a word is noticed. On a real socket.</summary>
[Trait("Requirement", "W8")]
public sealed class KeepAliveTests : IAsyncLifetime
{
    private const byte Ping = 0x89;
    private const byte Pong = 0x8A;

    private readonly TaskCompletionSource<Exception?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Use(next => context => WebSocketUpgrade.PrepareAsync(context, next));
        _app.UseWebSockets();
        _app.Run(ServeAsync);
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_peer_that_answers_no_ping_is_dropped()
    {
        using var client = await OpenAsync();

        var (first, _) = await ReadFrameAsync(client.GetStream());
        var end = await _end.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Ping, first);
        Assert.NotNull(end);
    }

    [Fact]
    public async Task An_idle_client_that_answers_pings_is_kept()
    {
        using var client = await OpenAsync();

        for (var number = 0; number < 3; number++)
        {
            var (ping, content) = await ReadFrameAsync(client.GetStream());
            await client.GetStream().WriteAsync(Masked(Pong, content), TestContext.Current.CancellationToken);
            Assert.Equal(Ping, ping);
        }

        Assert.Equal(Ping, (await ReadFrameAsync(client.GetStream())).First);
        Assert.False(_end.Task.IsCompleted);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = (await WebSocketUpgrade.AcceptAsync(context, TimeSpan.FromSeconds(1))).Socket;
        _end.SetResult(await Record.ExceptionAsync(() => socket.ReceiveAsync(new byte[16], CancellationToken.None)));
    }

    private async Task<TcpClient> OpenAsync()
    {
        var url = new Uri(_app.Urls.Single());
        var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        var upgrade = $"GET / HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(upgrade), TestContext.Current.CancellationToken);
        var answer = new List<byte>();
        while (!Encoding.ASCII.GetString([.. answer]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            answer.Add(await ReadByteAsync(client.GetStream()));
        }

        return client;
    }

    /// <summary>The next frame, which is short: its first byte and its content.</summary>
    private static async Task<(byte First, byte[] Content)> ReadFrameAsync(NetworkStream stream)
    {
        var first = await ReadByteAsync(stream);
        var content = new byte[await ReadByteAsync(stream)];
        for (var read = 0; read < content.Length; read++)
        {
            content[read] = await ReadByteAsync(stream);
        }

        return (first, content);
    }

    private static async Task<byte> ReadByteAsync(NetworkStream stream)
    {
        using var patience = Patience.Begin();
        var one = new byte[1];
        await stream.ReadExactlyAsync(one, patience.Token);
        return one[0];
    }

    private static byte[] Masked(byte first, byte[] content) => [first, (byte)(0x80 | content.Length), 0, 0, 0, 0, .. content];
}
