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
        var calls = messages.SelectMany(message => message.List("tool_calls")).Select(call => call.Text("id")).ToList();
        Assert.Equal(calls.Distinct(), calls);
        for (var place = 0; place < messages.Count; place++)
        {
            var asked = messages[place].List("tool_calls").Select(call => call.Text("id")).ToList();
            var told = messages.Skip(place + 1).TakeWhile(message => message.Text("role") == "tool").Select(message => message.Text("tool_call_id"));
            if (messages[place].Text("role") != "tool")
            {
                Assert.Equal(asked, told);
            }
        }

        Assert.NotEqual("tool", messages[0].Text("role"));
    }
}
