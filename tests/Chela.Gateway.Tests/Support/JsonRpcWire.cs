using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Support;

/// <summary>Speaks JSON-RPC with a gateway.</summary>
internal static class JsonRpcWire
{
    public static string Call(string id, string method, JsonObject? parameters = null)
    {
        var call = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method };
        if (parameters is not null)
        {
            call["params"] = parameters;
        }

        return call.ToJsonString();
    }

    /// <summary>Opens a socket with the token in the request.</summary>
    public static Task<WireClient> OpenJsonRpcAsync(this GatewayProcess gateway) =>
        WireClient.OpenAsync(gateway.Url + "/rpc", ("Authorization", $"Bearer {gateway.Token}"));

    /// <summary>Opens a socket that shows no token.</summary>
    public static Task<WireClient> OpenSilentJsonRpcAsync(this GatewayProcess gateway) => WireClient.OpenAsync(gateway.Url + "/rpc");

    /// <summary>Calls and waits for the answer, whatever it is.</summary>
    public static async Task<JsonElement> CallRpcAsync(this WireClient client, string method, JsonObject? parameters = null)
    {
        var id = client.NextId();
        await client.SendAsync(Call(id, method, parameters));
        return await client.ReceiveAsync(frame => frame.Text("id") == id);
    }

    /// <summary>Waits for a streaming event of one of these types; gives its parameters.</summary>
    public static async Task<JsonElement> EventAsync(this WireClient client, params string[] types)
    {
        var frame = await client.ReceiveAsync(frame => frame.Text("method") == "event" && types.Contains(frame.Text("params/type")));
        return frame.GetProperty("params");
    }

    /// <summary>Says that the gateway still answers somebody who has just come.</summary>
    public static async Task AssertAliveAsync(this GatewayProcess gateway)
    {
        await using var fresh = await gateway.OpenSilentJsonRpcAsync();
        Assert.Equal("true", (await fresh.CallRpcAsync("health")).Text("result/ok"));
    }
}
