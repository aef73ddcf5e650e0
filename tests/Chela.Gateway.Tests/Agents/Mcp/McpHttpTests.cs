using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Agents.Mcp;

/// <summary>Servers that are addresses.</summary>
[Trait("Requirement", "G3")]
public sealed class McpHttpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tool_of_an_address_is_called_and_every_request_carries_the_headers()
    {
        await using var server = await FakeMcpHttp.StartAsync();
        await using var trial = McpTrial.Start(("web", Settings(server)));

        var result = await McpTrial.CallAsync(await trial.ToolAsync("web.greet"), ct: Ct);

        Assert.Equal(("Hello.", false), (result.Text, result.IsError));
        Assert.All(server.Authorizations, authorization => Assert.Equal("Bearer of-the-server", authorization));
    }

    [Fact]
    public async Task A_server_that_forgot_the_connection_is_connected_anew()
    {
        await using var server = await FakeMcpHttp.StartAsync();
        await using var trial = McpTrial.Start(("web", Settings(server)));
        var greet = await trial.ToolAsync("web.greet");

        server.Forget();
        var failed = await McpTrial.CallAsync(greet, ct: Ct);

        Assert.True(failed.IsError, failed.Text);
        await trial.UntilAsync(() => trial.Tools.Any(tool => tool.Description.Name == "web.greet" && tool != greet), "it is there again");
        Assert.Equal("Hello.", (await McpTrial.CallAsync(await trial.ToolAsync("web.greet"), ct: Ct)).Text);
    }

    [Fact]
    public async Task An_answer_that_never_stops_is_cut_off()
    {
        await using var server = await FakeMcpHttp.StartAsync();
        await using var trial = McpTrial.Start(("web", Settings(server)));

        var result = await McpTrial.CallAsync(await trial.ToolAsync("web.flood"), ct: Ct);

        Assert.True(result.IsError, result.Text);
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_tried_again()
    {
        await using var trial = McpTrial.Start(("web", new JsonObject { ["url"] = "http://127.0.0.1:1/mcp" }));

        await trial.LineAsync("MCP server web is not connected");
    }

    private static JsonObject Settings(FakeMcpHttp server) =>
        new() { ["url"] = server.Url, ["headers"] = new JsonObject { ["Authorization"] = "Bearer of-the-server" } };
}
