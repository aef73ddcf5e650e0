using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Context;

/// <summary>What providers ask of the messages that they are sent.</summary>
internal static class ModelMessages
{
    /// <summary>Each call of a tool has exactly one result, directly behind the message with the calls, and no name of a call comes twice.</summary>
    public static void AssertPaired(FakeOpenAiRequest request) => AssertPaired(request.Body.List("messages"));

    /// <summary>The same of messages of chat completions.</summary>
    public static void AssertPaired(IReadOnlyList<JsonElement> messages)
    {
        AssertNames([.. messages.SelectMany(message => message.List("tool_calls")).Select(call => (call.Text("id"), call.Text("function/name")))]);
        Assert.False(messages is [var first, ..] && first.Text("role") == "tool");
        for (var place = 0; place < messages.Count; place++)
        {
            if (messages[place].Text("role") != "tool")
            {
                var told = messages.Skip(place + 1).TakeWhile(message => message.Text("role") == "tool").Select(message => message.Text("tool_call_id"));
                Assert.Equal(messages[place].List("tool_calls").Select(call => call.Text("id")), told);
            }
        }
    }

    /// <summary>The same of Anthropic's messages, which begin with one of a person and have results in the next one.</summary>
    public static void AssertPairedBlocks(IReadOnlyList<JsonElement> messages)
    {
        Assert.Equal("user", messages[0].Text("role"));
        AssertNames([.. messages.SelectMany(message => Of(message, "tool_use")).Select(call => (call.Text("id"), call.Text("name")))]);
        Assert.Empty(Of(messages[0], "tool_result"));
        for (var place = 0; place < messages.Count; place++)
        {
            var told = place + 1 < messages.Count ? Of(messages[place + 1], "tool_result").Select(result => result.Text("tool_use_id")) : [];
            Assert.Equal(Of(messages[place], "tool_use").Select(call => call.Text("id")), told);
            Assert.NotEmpty(messages[place].List("content"));
        }
    }

    private static void AssertNames(IReadOnlyList<(string? Id, string? Name)> calls)
    {
        Assert.Equal(calls.Count, calls.DistinctBy(call => call.Id).Count());
        Assert.All(calls, call => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", call.Id));
        Assert.All(calls, call => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", call.Name));
    }

    private static IEnumerable<JsonElement> Of(JsonElement message, string type) => message.List("content").Where(block => block.Text("type") == type);
}
