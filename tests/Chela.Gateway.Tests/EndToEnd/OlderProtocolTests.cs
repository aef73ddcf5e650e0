using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A client that asks for protocol 3 and no more is answered as protocol 3 has it.</summary>
[Trait("Requirement", "W5")]
public sealed class OlderProtocolTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    public async Task Its_hello_has_the_members_of_protocol_3_and_no_others()
    {
        await using var client = await Gateway.OpenSilentOpenClawAsync();

        var hello = await ConnectAsync(client, "operator.admin");

        Assert.Equal(["type", "protocol", "server", "features", "snapshot", "policy"], Names(hello.GetProperty("payload")));
        Assert.Equal("3", hello.Text("payload/protocol"));
        Assert.Equal(["version", "connId"], Names(hello.Find("payload/server")));
        Assert.Equal(["methods", "events"], Names(hello.Find("payload/features")));
        Assert.Equal(["presence", "health", "stateVersion", "uptimeMs", "sessionDefaults", "configPath", "stateDir"], Names(hello.Find("payload/snapshot")));
        Assert.Equal("true", hello.Text("payload/snapshot/health/ok"));
        Assert.Equal(["defaultAgentId", "mainKey", "mainSessionKey", "scope"], Names(hello.Find("payload/snapshot/sessionDefaults")));
    }

    [Fact]
    public async Task A_missing_scope_is_an_invalid_request_without_details()
    {
        await using var client = await Gateway.OpenSilentOpenClawAsync();
        await ConnectAsync(client, "operator.read");

        var answer = await client.CallAsync("chat.send", OpenClawWire.ChatParams("main", "older-scope", "x"));

        Assert.Equal("""{"code":"INVALID_REQUEST","message":"missing scope: operator.write"}""", answer.Text("error"));
    }

    [Fact]
    public async Task Its_events_of_runs_are_without_what_protocol_4_added()
    {
        await using var older = await Gateway.OpenSilentOpenClawAsync();
        await ConnectAsync(older, "operator.admin");
        await using var newer = await Gateway.OpenOpenClawAsync();

        await older.SendChatAsync("older", "older-run", "Hello");
        var delta = await older.ChatAsync("older-run", "delta");
        var end = await older.ChatEndAsync("older-run");
        var newest = await newer.ChatAsync("older-run", "delta");

        Assert.Equal(["runId", "sessionKey", "seq", "state", "message"], Names(delta));
        Assert.DoesNotContain("agentId", Names(end));
        Assert.Equal("Hello", newest.Text("deltaText"));
    }

    [Fact]
    public async Task A_wrong_token_is_refused_in_words_alone()
    {
        await using var client = await Gateway.OpenSilentOpenClawAsync();
        var connect = Params("operator.admin");
        connect["auth"] = new JsonObject { ["token"] = "not-the-token-of-this-gateway" };

        await client.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        var answer = await client.AnswerAsync("connect");

        Assert.Equal(["code", "message"], Names(answer.Find("error")));
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
    }

    private async Task<JsonElement> ConnectAsync(WireClient client, params string[] scopes)
    {
        await client.SendAsync(OpenClawWire.Request("connect", "connect", Params(scopes)));
        return await client.AnswerAsync("connect");
    }

    private JsonObject Params(params string[] scopes)
    {
        var connect = OpenClawWire.ConnectParams(Gateway.Token);
        connect["maxProtocol"] = 3;
        connect["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]);
        return connect;
    }

    private static IEnumerable<string> Names(JsonElement? value) => value!.Value.EnumerateObject().Select(member => member.Name);
}
