using System.Text;
using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Tests.Wire;

/// <summary>What a dialect writes, as text.</summary>
internal static class Written
{
    public static string Outcome(IWireDialect dialect, Outcome outcome, string id = "\"1\"")
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            dialect.WriteOutcome(writer, Encoding.UTF8.GetBytes(id), outcome);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The event as the client with this number gets it.</summary>
    public static string Event(IWireDialect dialect, GatewayEvent happened, long number)
    {
        var encoded = dialect.Encode(happened);
        Assert.NotNull(encoded);
        return Encoding.UTF8.GetString(encoded.Head) + (encoded.Numbered ? $"{number}" : "") + Encoding.UTF8.GetString(encoded.Tail);
    }

    /// <summary>An answer that is this JSON.</summary>
    public static Answer Json(string json) =>
        new Answer<JsonElement>(JsonElement.Parse(json), WrittenJson.Default.JsonElement);
}
