using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Sidecar;

/// <summary>The sample in TypeScript, built as its README says and run by the real executable.</summary>
[Trait("Requirement", "K4")]
[Trait("Requirement", "C1")]
public sealed class SampleSidecarTests(ITestOutputHelper output)
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_chat_with_the_agent_over_tcp()
    {
        var sample = Path.Combine(Repository.Root, "samples", "SidecarChannel");
        await new NpmPackage(sample).InstallAsync(ProgramOnPath.Require("npm"), output, Ct);
        var built = await ForeignProcess.RunAsync(new ProcessStartInfo(ProgramOnPath.Require("npm"), ["run", "build"]) { WorkingDirectory = sample }, output, BuildLimit, Ct);
        Assert.True(built.ExitCode == 0, built.Output);
        using var folder = new TempFolder();
        var port = FreePort();
        var account = new JsonObject
        {
            ["command"] = ProgramOnPath.Require("node"),
            ["args"] = new JsonArray(Path.Combine(sample, "dist", "tcp-chat.js"), $"{port}"),
            ["allowFrom"] = new JsonArray("anna"),
        };
        await using var gateway = await GatewayProcess.StartAsync(TrialSidecar.StartIn(folder, ("tcp", account)));
        await using var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(
            async _ => (await client.CallAsync("channels.status")).Text("payload/channelAccounts/sidecar/0/connected") == "true", "the sidecar listens");

        Assert.Equal("hello over tcp", await ChatAsync(port, "anna", "hello over tcp"));
        Assert.StartsWith("I do not know you yet.", await ChatAsync(port, "bert", "and me"), StringComparison.Ordinal);
    }

    private static async Task<string?> ChatAsync(int port, string name, string text)
    {
        using var patience = Patience.Begin();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        using var reader = new StreamReader(tcp.GetStream());
        await using var writer = new StreamWriter(tcp.GetStream());
        await writer.WriteAsync($"{name}\n{text}\n");
        await writer.FlushAsync(patience.Token);
        return await reader.ReadLineAsync(patience.Token);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
