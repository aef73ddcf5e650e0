using System.Net.Sockets;
using System.Text;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A body that does not come.</summary>
[Trait("Requirement", "A8")]
[Trait("Requirement", "C2")]
public sealed class WebhookBodyTests
{
    [Fact]
    public async Task Whoever_lets_the_body_drip_is_told_408_and_brings_nothing_in()
    {
        var ct = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder));
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.HttpUrl.Host, gateway.HttpUrl.Port, ct);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = $"POST /webhook/desk HTTP/1.1\r\nHost: {gateway.HttpUrl.Authority}\r\nContent-Type: application/json\r\nX-Chela-Timestamp: {now}\r\nContent-Length: 1000000\r\n\r\n";
        await tcp.Client.SendAsync(Encoding.ASCII.GetBytes(head), ct);

        var answer = new byte[12];
        var read = tcp.GetStream().ReadExactlyAsync(answer, ct).AsTask();
        while (!read.IsCompleted)
        {
            await tcp.Client.SendAsync(new byte[100], ct);
            await Task.WhenAny(read, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, ct));
        }

        await read;
        Assert.Equal("HTTP/1.1 408", Encoding.ASCII.GetString(answer));
        await using var client = await gateway.OpenOpenClawAsync();
        Assert.Empty((await client.CallAsync("sessions.list")).List("payload/sessions"));
    }
}
