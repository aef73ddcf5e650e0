using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Channels.Sidecar;

/// <summary>
/// The sample for WhatsApp Web, built as its README says and run by the real executable. WhatsApp itself cannot be reached here: a server takes its
/// place as far as the first words of the handshake.
/// </summary>
[Trait("Requirement", "H1")]
public sealed class WhatsAppWebSampleTests(ITestOutputHelper output)
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    /// <summary>How a client of WhatsApp begins: WA, then two versions.</summary>
    private static readonly byte[] Greeting = [(byte)'W', (byte)'A', 6];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_connects_to_whatsapp_and_is_started_again_when_that_hangs_up()
    {
        var sample = Path.Combine(Repository.Root, "samples", "WhatsAppWeb");
        var npm = ProgramOnPath.Require("npm");
        await new NpmPackage(Path.Combine(Repository.Root, "samples", "SidecarChannel")).InstallAsync(npm, output, Ct);
        await new NpmPackage(sample).InstallAsync(npm, output, Ct);
        var built = await ForeignProcess.RunAsync(new ProcessStartInfo(npm, ["run", "build"]) { WorkingDirectory = sample }, output, BuildLimit, Ct);
        Assert.True(built.ExitCode == 0, built.Output);
        using var folder = new TempFolder();
        var greeted = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var whatsApp = await ServeAsync(greeted);
        var account = new JsonObject
        {
            ["command"] = ProgramOnPath.Require("node"),
            ["args"] = new JsonArray(Path.Combine(sample, "dist", "WhatsAppWeb", "src", "whatsapp-web.js")),
            ["env"] = new JsonObject { ["WHATSAPP_URL"] = whatsApp.Urls.Single().Replace("http", "ws", StringComparison.Ordinal) + "/ws/chat" },
        };
        await using var gateway = await GatewayProcess.StartAsync(TrialSidecar.StartIn(folder, ("phone", account)));
        using var patience = Patience.Begin();

        Assert.Equal(Greeting, (await greeted.Task.WaitAsync(patience.Token))[..3]);

        await using var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(
            async _ => (await client.CallAsync("channels.status")).Text("payload/channelAccounts/sidecar/0/lastError")?.Contains("the sidecar has ended", StringComparison.Ordinal) is true,
            "the sidecar has ended and will be started again");
        Assert.True(Directory.Exists(Path.Combine(gateway.StateDirectory, "sidecars", "phone", "login")));
    }

    /// <summary>A server that hears the first words of a client, and hangs up.</summary>
    private static async Task<WebApplication> ServeAsync(TaskCompletionSource<byte[]> greeted)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var words = new byte[4096];
            var read = await socket.ReceiveAsync(words.AsMemory(), context.RequestAborted);
            greeted.TrySetResult(words[..read.Count]);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
        await app.StartAsync(Ct);
        return app;
    }
}
