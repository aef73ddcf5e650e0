using System.Text.Json.Nodes;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Tests.Support;

/// <summary>Calls tools as a run does.</summary>
internal static class ToolCalls
{
    public static async Task<ToolResult> CallAsync(this ITool tool, JsonObject arguments, string workspace, CancellationToken? ct = null)
    {
        using var json = System.Text.Json.JsonDocument.Parse(arguments.ToJsonString());
        var context = new ToolContext("main", "agent:main:main", "run-1", "call-1", workspace);
        return await tool.RunAsync(json.RootElement, context, ct ?? TestContext.Current.CancellationToken);
    }

    /// <summary>The text of a call that did what it was asked for.</summary>
    public static async Task<string> DoAsync(this ITool tool, JsonObject arguments, string workspace)
    {
        var result = await tool.CallAsync(arguments, workspace);
        Assert.False(result.IsError, result.Text);
        return result.Text;
    }

    /// <summary>The reason of a call that was refused.</summary>
    public static async Task<string> RefusedAsync(this ITool tool, JsonObject arguments, string workspace)
    {
        var result = await tool.CallAsync(arguments, workspace);
        Assert.True(result.IsError, result.Text);
        return result.Text;
    }
}
