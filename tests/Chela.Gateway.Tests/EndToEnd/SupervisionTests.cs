using System.Net.Sockets;
using System.Text;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What the gateway tells systemd (sd_notify), at the real executable.</summary>
[Trait("Requirement", "K9")]
public sealed class SupervisionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    private string Address => Path.Combine(_folder.Path, "notify");

    public void Dispose()
    {
        _systemd.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Systemd_hears_that_the_gateway_serves_lives_restarts_and_stops()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(Address));
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path)
        {
            Environment = [("NOTIFY_SOCKET", Address), ("WATCHDOG_USEC", "20000")],
        });

        var ready = await HearAsync(text => text.StartsWith("READY=1", StringComparison.Ordinal));
        await HearAsync(text => text == "WATCHDOG=1");
        await HearAsync(text => text == "WATCHDOG=1");
        gateway.Reload();
        var reloading = await HearAsync(text => text.StartsWith("RELOADING=1", StringComparison.Ordinal));
        var again = await HearAsync(text => text.StartsWith("READY=1", StringComparison.Ordinal));
        gateway.Terminate();
        await HearAsync(text => text.StartsWith("STOPPING=1", StringComparison.Ordinal));
        var end = gateway.EndAsync();
        var rest = HearAsync(_ => end.IsCompleted); // as systemd does: who sends waits where nobody reads
        var exit = await end;
        _systemd.SendTo("end"u8, new UnixDomainSocketEndPoint(Address));
        await rest;

        Assert.Equal($"READY=1\nSTATUS=listens on {gateway.Url}", ready);
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+\n", reloading);
        Assert.Equal(ready, again);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task A_socket_where_nobody_listens_is_no_reason_to_end()
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path)
        {
            Environment = [("NOTIFY_SOCKET", Address), ("WATCHDOG_USEC", "2000")],
        });
        for (var beats = 0; beats < 20; beats++)
        {
            await gateway.AssertAliveAsync();
        }

        Assert.Equal(0, await gateway.TerminateAsync());
        Assert.Equal("", gateway.Errors.Text);
    }

    [Fact]
    public async Task A_watchdog_of_another_process_is_not_fed()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(Address));
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path)
        {
            Environment = [("NOTIFY_SOCKET", Address), ("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "1")],
        });
        var heard = new List<string> { await HearAsync(_ => true) };
        gateway.Terminate();
        await gateway.EndAsync();
        heard.Add(await HearAsync(_ => true));

        Assert.Equal(["READY=1", "STOPPING=1"], heard.Select(text => text.Split('\n')[0]));
    }

    private async Task<string> HearAsync(Predicate<string> wanted)
    {
        using var patience = Patience.Begin();
        var buffer = new byte[4096];
        while (true)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, await _systemd.ReceiveAsync(buffer, patience.Token));
            if (wanted(text))
            {
                return text;
            }
        }
    }
}
