using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>A call of the Bot API.</summary>
internal sealed record BotCall(string Method, JsonElement Parameters)
{
    /// <summary>The bot.</summary>
    public static JsonObject Bot => new() { ["id"] = FakeTelegram.BotId, ["is_bot"] = true, ["first_name"] = "Chela", ["username"] = FakeTelegram.BotName };

    public string? Text => Parameters.Text("text");

    public string? Chat => Parameters.Text("chat_id");

    /// <summary>What it says, as it stands in the chat then.</summary>
    public JsonObject AsMessage(long id)
    {
        var message = new JsonObject
        {
            ["message_id"] = id,
            ["from"] = Bot,
            ["date"] = 1,
            ["chat"] = new JsonObject { ["id"] = long.Parse(Chat!, CultureInfo.InvariantCulture), ["type"] = "private" },
        };
        if (Text is { } text)
        {
            message["text"] = text;
        }

        return message;
    }
}
