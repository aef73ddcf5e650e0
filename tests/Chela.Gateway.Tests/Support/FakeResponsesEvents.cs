using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Support;

/// <summary>The events of OpenAI's Responses as the fake server writes them.</summary>
internal static class FakeResponsesEvents
{
    /// <summary>The first event, which has no text.</summary>
    public static string Created() => Event("response.created", new() { ["response"] = Response("in_progress") });

    public static string Delta(string text) => Event("response.output_text.delta", new()
    {
        ["item_id"] = "msg_1",
        ["output_index"] = 0,
        ["content_index"] = 0,
        ["delta"] = text,
    });

    /// <summary>A call of a tool: it begins, its arguments come in pieces, and then it comes whole.</summary>
    public static string[] Call(int index, string? id, string? name, string arguments)
    {
        var half = arguments.Length / 2;
        return
        [
            Event("response.output_item.added", new() { ["output_index"] = index, ["item"] = Item(index, id, name, "", "in_progress") }),
            .. new[] { arguments[..half], arguments[half..] }.Select(piece => Event("response.function_call_arguments.delta", new()
            {
                ["item_id"] = $"fc_{index}",
                ["output_index"] = index,
                ["delta"] = piece,
            })),
            Event("response.function_call_arguments.done", new() { ["item_id"] = $"fc_{index}", ["output_index"] = index, ["arguments"] = arguments }),
            Event("response.output_item.done", new() { ["output_index"] = index, ["item"] = Item(index, id, name, arguments, "completed") }),
        ];
    }

    /// <summary>The last event; the prompt always counts five tokens.</summary>
    public static string Completed(int outputTokens)
    {
        var response = Response("completed");
        response["usage"] = new JsonObject
        {
            ["input_tokens"] = 5,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 2 },
            ["output_tokens"] = outputTokens,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 1 },
            ["total_tokens"] = 5 + outputTokens,
        };
        return Event("response.completed", new() { ["response"] = response });
    }

    /// <summary>The last event of an answer that is not whole.</summary>
    public static string Incomplete(string reason)
    {
        var response = Response("incomplete");
        response["incomplete_details"] = new JsonObject { ["reason"] = reason };
        return Event("response.incomplete", new() { ["response"] = response });
    }

    /// <summary>The last event of one that failed.</summary>
    public static string Failed(string code, string message)
    {
        var response = Response("failed");
        response["error"] = new JsonObject { ["code"] = code, ["message"] = message };
        return Event("response.failed", new() { ["response"] = response });
    }

    private static string Event(string type, JsonObject data)
    {
        data["type"] = type;
        data["sequence_number"] = 1;
        return data.ToJsonString();
    }

    private static JsonObject Response(string status) => new()
    {
        ["id"] = "resp_1",
        ["object"] = "response",
        ["created_at"] = 1_750_000_000,
        ["status"] = status,
        ["error"] = null,
        ["incomplete_details"] = null,
        ["instructions"] = "Be kind.",
        ["model"] = "fake-1",
        ["output"] = new JsonArray(),
        ["store"] = false,
        ["tools"] = new JsonArray(),
        ["usage"] = null,
    };

    private static JsonObject Item(int index, string? id, string? name, string arguments, string status) => new()
    {
        ["id"] = $"fc_{index}",
        ["type"] = "function_call",
        ["status"] = status,
        ["call_id"] = id,
        ["name"] = name,
        ["arguments"] = arguments,
    };
}
