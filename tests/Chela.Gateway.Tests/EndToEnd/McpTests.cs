using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable with the reference server of the protocol's authors.</summary>
[Trait("Requirement", "G3")]
public sealed class McpTests(ITestOutputHelper output)
{
    private const string Canary = "canary-7d793037a0760186574b0282f2f435e7";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task An_agent_uses_a_tool_of_the_reference_server_and_nobody_sees_its_secrets()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Calls(("everything_echo", """{"message":"ahoi"}""")), FakeOpenAiReply.Text("It said so."));
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(await StartOfAsync(folder, fake));
        await using var client = await gateway.OpenOpenClawAsync();
        await Patience.UntilAsync(
            async _ => (await client.CallAsync("tools.catalog")).GetRawText().Contains("\"everything.echo\"", StringComparison.Ordinal), "the server is connected");

        await client.SendChatAsync("main", "run", "Say ahoi.");
        var final = await client.ChatAsync("run", "final", "error");

        Assert.Equal("It said so.", final.Text("message/content/0/text"));
        Assert.Contains("Echo: ahoi", fake.Requests[^1].Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, (await client.CallAsync("config.get")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, await gateway.TerminateAsync());
        Assert.DoesNotContain(Canary, await File.ReadAllTextAsync(Path.Combine(gateway.StateDirectory, "logs", "gateway.log"), Ct), StringComparison.Ordinal);
    }

    private async Task<GatewayStart> StartOfAsync(TempFolder folder, FakeOpenAi fake)
    {
        var interop = Path.Combine(Repository.Root, "tests", "interop");
        await new NpmPackage(interop).InstallAsync(ProgramOnPath.Require("npm"), output, Ct);
        var server = new JsonObject
        {
            ["command"] = ProgramOnPath.Require("node"),
            ["args"] = new JsonArray(Path.Combine(interop, "node_modules/@modelcontextprotocol/server-everything/dist/index.js")),
            ["env"] = new JsonObject { ["SECRET_OF_SERVER"] = Canary },
        };
        var start = new GatewayStart(folder.Path)
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")],
        };
        Directory.CreateDirectory(start.StateDirectory!);
        var config = new JsonObject { ["mcp"] = new JsonObject { ["servers"] = new JsonObject { ["everything"] = server } } };
        await File.WriteAllTextAsync(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString(), Ct);
        return start;
    }
}
