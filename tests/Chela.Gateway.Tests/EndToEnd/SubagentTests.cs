using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable, whose model has sub-agents do parts of its task.</summary>
[Trait("Requirement", "G1")]
public sealed class SubagentTests : ScriptedModelTest
{
    private const string Main = "agent:main:main";

    [Fact]
    public async Task A_model_delegates_goes_on_and_answers_when_it_hears_the_result()
    {
        var found = new TaskCompletionSource();
        Model.Script = request => request.Messages[^1] switch
        {
            "user: Find out." => FakeOpenAiReply.Calls(("session_spawn", """{"task":"Look.","label":"scout"}""")),
            "user: Look." => FakeOpenAiReply.Held(found.Task, "There is ", "a lake."),
            var told when told.StartsWith("user: [Your sub-agent scout", StringComparison.Ordinal) => FakeOpenAiReply.Text("The scout saw a lake."),
            _ => FakeOpenAiReply.Text("A scout is on its way."),
        };
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendChatAsync("main", "asked", "Find out.");
        var first = await client.ChatEndAsync("asked");
        var child = Assert.Single(await ChildrenAsync(client, Main));
        var running = child.Text("status");
        found.SetResult();
        var run = RunOf(child);
        var childEnd = await client.ChatEndAsync(run);
        var second = await client.ChatEndAsync($"subagent:{run}");

        Assert.Equal("A scout is on its way.", first.Text("message/content/0/text"));
        Assert.Equal(("running", Main, "scout"), (running, child.Text("spawnedBy"), child.Text("displayName")));
        Assert.Equal(("There is a lake.", Main), (childEnd.Text("message/content/0/text"), childEnd.Text("spawnedBy")));
        Assert.Equal(("The scout saw a lake.", Main, null), (second.Text("message/content/0/text"), second.Text("sessionKey"), second.Text("spawnedBy")));
        var told = (await client.HistoryAsync("main"))[^2];
        Assert.StartsWith($"user: [Your sub-agent scout ({child.Text("key")}) is done.", OpenClawWire.Line(told), StringComparison.Ordinal);
        Assert.EndsWith("]\nThere is a lake.", OpenClawWire.Line(told), StringComparison.Ordinal);
        Assert.Empty(await ChildrenAsync(client, child.Text("key")!));
    }

    private GatewayStart Start(params (string Name, string Value)[] settings) => new(Folder.Path)
    {
        Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", Model.BaseUrl), .. settings],
    };

    private static async Task<IReadOnlyList<JsonElement>> ChildrenAsync(WireClient client, string parent) =>
        (await client.CallAsync("sessions.list", new JsonObject { ["spawnedBy"] = parent })).List("payload/sessions");

    /// <summary>The run of a sub-agent, which names its session.</summary>
    private static string RunOf(JsonElement row) => row.Text("key")!.Split(':')[^1];
}
