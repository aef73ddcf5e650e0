using System.Text.Json;

namespace Chela.Cli;

/// <summary>A part of the gateway that is not well, as <c>health</c> tells it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="State"><c>degraded</c> or <c>down</c>.</param>
/// <param name="Reason">Why.</param>
internal sealed record UnwellPart(string Name, string State, string? Reason)
{
    /// <summary>All of them; none where the gateway tells of no parts.</summary>
    public static IEnumerable<UnwellPart> In(JsonElement health) =>
        health.ValueKind == JsonValueKind.Object && health.TryGetProperty("parts", out var parts) && parts.ValueKind == JsonValueKind.Object
            ? parts.EnumerateObject().Select(part => new UnwellPart(part.Name, Text(part.Value, "state") ?? "ok", Text(part.Value, "reason"))).Where(part => part.State != "ok")
            : [];

    public override string ToString() => $"{Name} is {State}{(Reason is null ? "" : $": {Reason}")}";

    private static string? Text(JsonElement part, string name) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
