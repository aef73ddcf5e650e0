using System.Text;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Support;

/// <summary>A streamed answer as Anthropic writes it, piece by piece.</summary>
internal sealed class FakeAnthropicEvents
{
    private readonly StringBuilder _text = new();
    private int _blocks;

    public FakeAnthropicEvents() => Add("message_start", new()
    {
        ["message"] = new JsonObject
        {
            ["id"] = "msg_1",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = "claude-test",
            ["content"] = new JsonArray(),
            ["stop_reason"] = null,
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject { ["input_tokens"] = 5, ["output_tokens"] = 1 },
        },
    });

    public FakeAnthropicEvents Text(params string[] deltas) => Block(
        new() { ["type"] = "text", ["text"] = "" }, deltas.Select(delta => new JsonObject { ["type"] = "text_delta", ["text"] = delta }));

    public FakeAnthropicEvents Thought(string text, string seal) => Block(
        new() { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" },
        [new JsonObject { ["type"] = "thinking_delta", ["thinking"] = text }, new JsonObject { ["type"] = "signature_delta", ["signature"] = seal }]);

    public FakeAnthropicEvents Call(string id, string name, params string[] arguments) => Block(
        new() { ["type"] = "tool_use", ["id"] = id, ["name"] = name, ["input"] = new JsonObject() },
        arguments.Select(piece => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece }));

    public FakeAnthropicEvents Error(string type) =>
        Add("error", new() { ["error"] = new JsonObject { ["type"] = type, ["message"] = "It is what it is." } });

    public FakeAnthropicEvents Stop(string reason)
    {
        Add("message_delta", new()
        {
            ["delta"] = new JsonObject { ["stop_reason"] = reason, ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = 7 },
        });
        return Add("message_stop", []);
    }

    public FakeOpenAiReply ToReply() => FakeOpenAiReply.Body(_text.ToString());

    private FakeAnthropicEvents Block(JsonObject start, IEnumerable<JsonObject> deltas)
    {
        Add("content_block_start", new() { ["index"] = _blocks, ["content_block"] = start });
        foreach (var delta in deltas)
        {
            Add("content_block_delta", new() { ["index"] = _blocks, ["delta"] = delta });
        }

        return Add("content_block_stop", new() { ["index"] = _blocks++ });
    }

    private FakeAnthropicEvents Add(string type, JsonObject data)
    {
        data["type"] = type;
        _text.Append($"event: {type}\ndata: {data.ToJsonString()}\n\n");
        return this;
    }
}
