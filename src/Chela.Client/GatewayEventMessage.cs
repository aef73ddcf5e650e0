using System.Text.Json;

namespace Chela.Client;

/// <summary>One event of the gateway.</summary>
/// <param name="Name">For example <c>chat</c> or <c>tick</c>.</param>
/// <param name="Payload">A copy that lives as long as the message; null if the event had none.</param>
/// <param name="Seq">Its number on this connection; null for events that are not numbered.</param>
/// <param name="Missed">
/// How many events were lost just before this one: never sent by the gateway to a slow client, or pushed out of a full
/// subscription. Anything but zero means that state built from events must be read again.
/// </param>
public sealed record GatewayEventMessage(string Name, JsonElement? Payload, long? Seq, long Missed = 0);

/// <summary>Which events a subscription takes. What is left null matches everything.</summary>
/// <param name="Name">Only events of this name.</param>
/// <param name="RunId">Only events whose payload has this <c>runId</c>.</param>
public sealed record GatewayEventFilter(string? Name = null, string? RunId = null)
{
    internal bool Matches(GatewayEventMessage message) =>
        (Name is null || Name == message.Name) && (RunId is null || HasRunId(message.Payload));

    private bool HasRunId(JsonElement? payload) =>
        payload is { ValueKind: JsonValueKind.Object } element
        && element.TryGetProperty("runId", out var runId)
        && runId.ValueKind == JsonValueKind.String
        && runId.ValueEquals(RunId);
}
