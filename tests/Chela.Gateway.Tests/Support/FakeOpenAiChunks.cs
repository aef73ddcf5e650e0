using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Support;

/// <summary>The JSON of chat completions as the fake server writes it.</summary>
internal static class FakeOpenAiChunks
{
    /// <summary>The first chunk, which has a role and no text.</summary>
    public static string Role() => Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);

    public static string Delta(string text) => Chunk(new JsonObject { ["content"] = text }, null);

    /// <summary>A call of a tool, or a piece of one.</summary>
    public static string Call(int index, string? id, string? name, string arguments)
    {
        var call = new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments } };
        if (id is not null)
        {
            (call["id"], call["type"]) = (id, "function");
        }

        return Chunk(new JsonObject { ["tool_calls"] = new JsonArray(call) }, null);
    }

    public static string Finish(string reason) => Chunk([], reason);

    /// <summary>The last chunk, which has usage and no choices; the prompt always counts five tokens.</summary>
    public static string Usage(int completionTokens) =>
        Envelope("chat.completion.chunk", [], Tokens(completionTokens)).ToJsonString();

    /// <summary>An answer that is not streamed.</summary>
    public static string Whole(string text) => Envelope(
        "chat.completion",
        [
            new JsonObject
            {
                ["index"] = 0,
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
                ["finish_reason"] = "stop",
            },
        ],
        Tokens(1)).ToJsonString();

    /// <summary>Vectors; the last comes first, as servers may send them in any order.</summary>
    public static string Vectors(IEnumerable<float[]> vectors)
    {
        var rows = vectors.Index().Reverse().Select(vector => new JsonObject
        {
            ["object"] = "embedding",
            ["index"] = vector.Index,
            ["embedding"] = new JsonArray([.. vector.Item.Select(number => JsonValue.Create(number))]),
        });
        return new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. rows]), ["usage"] = new JsonObject { ["prompt_tokens"] = 1, ["total_tokens"] = 1 } }.ToJsonString();
    }

    private static string Chunk(JsonObject delta, string? finish) => Envelope(
        "chat.completion.chunk",
        [new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }],
        null).ToJsonString();

    private static JsonObject Envelope(string kind, JsonArray choices, JsonObject? usage) => new()
    {
        ["id"] = "chatcmpl-1",
        ["object"] = kind,
        ["created"] = 1_750_000_000,
        ["model"] = "fake-1",
        ["choices"] = choices,
        ["usage"] = usage,
    };

    private static JsonObject Tokens(int completion) => new()
    {
        ["prompt_tokens"] = 5,
        ["completion_tokens"] = completion,
        ["total_tokens"] = 5 + completion,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 2 },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
    };
}
