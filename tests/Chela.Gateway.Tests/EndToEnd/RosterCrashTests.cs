using System.Text.Json.Nodes;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A process that dies while it writes the configuration leaves the old one or the new one, and the call can be made again.</summary>
[Trait("Requirement", "G4")]
[Trait("Requirement", "K3")]
public sealed class RosterCrashTests : IDisposable
{
    private const string Written = "{ // mine\n  \"agents\": { \"list\": [{ \"id\": \"main\" }, { \"id\": \"cook\" }] },\n}\n";

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => Path.Combine(Start().StateDirectory!, "chela.json");

    [Theory]
    [InlineData(StorageSteps.DocumentBeforeWrite, false)]
    [InlineData(StorageSteps.DocumentBeforeBackup, false)]
    [InlineData(StorageSteps.DocumentAfterShift, false)]
    [InlineData(StorageSteps.DocumentBeforeRename, false)]
    [InlineData(StorageSteps.DocumentAfterRename, true)]
    [InlineData(StorageSteps.DocumentAfterFsync, true)]
    public async Task An_agent_that_was_being_made_is_there_or_not(string step, bool isThere)
    {
        await DieAsync(step, "agents.create", new() { ["name"] = "Maid" });

        Assert.Equal(isThere ? Written.Replace(" }] }", " }, {\"id\":\"maid\",\"name\":\"Maid\"}] }", StringComparison.Ordinal) : Written, await File.ReadAllTextAsync(ConfigFile, Ct));
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        var again = await client.CallAsync("agents.create", new() { ["name"] = "Maid" });
        Assert.Equal(isThere ? "agent \"maid\" already exists" : null, again.Text("error/message"));
        Assert.Equal(["main", "cook", "maid"], (await client.CallAsync("agents.list")).List("payload/agents").Select(agent => agent.Text("id")));
    }

    [Theory]
    [InlineData(StorageSteps.DocumentBeforeRename, false)]
    [InlineData(StorageSteps.DocumentAfterRename, true)]
    public async Task An_agent_that_was_being_deleted_can_be_deleted_again_with_all_that_is_left_of_it(string step, bool isGone)
    {
        await DieAsync(step, "agents.delete", new() { ["agentId"] = "cook" });

        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();
        Assert.Equal(isGone ? ["main"] : ["main", "cook"], (await client.CallAsync("agents.list")).List("payload/agents").Select(agent => agent.Text("id")));
        Assert.Single((await client.CallAsync("sessions.list")).List("payload/sessions"));
        var removed = await client.CallAsync("agents.delete", new() { ["agentId"] = "cook" });
        Assert.Equal("true", removed.Text("payload/ok"));
        Assert.Empty((await client.CallAsync("sessions.list")).List("payload/sessions"));
        Assert.Equal(Written.Replace(", { \"id\": \"cook\" }", "", StringComparison.Ordinal), await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Talks with an agent, and dies in a call.</summary>
    private async Task DieAsync(string step, string method, JsonObject parameters)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        await File.WriteAllTextAsync(ConfigFile, Written, Ct);
        await using var dying = await GatewayProcess.StartAsync(Start(("CHELA_CRASH_AT", $"{step}@1")));
        await using var client = await dying.OpenOpenClawAsync();
        await client.SendChatAsync("agent:cook:main", "c1", "soup?");
        await client.ChatEndAsync("c1");
        await client.SendAsync(OpenClawWire.Request("dying", method, parameters));
        await dying.EndAsync();
    }

    private GatewayStart Start(params (string Name, string Value)[] environment) => new(_folder.Path) { Environment = environment };
}
