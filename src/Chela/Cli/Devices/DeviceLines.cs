using System.Globalization;
using System.Text.Json;

namespace Chela.Cli.Devices;

/// <summary>The list of devices in lines for people: what waits first, as somebody has to decide on it.</summary>
internal static class DeviceLines
{
    private const int ShownId = 12;

    public static IEnumerable<string> Of(JsonElement list)
    {
        var pending = Rows(list, "pending");
        var paired = Rows(list, "paired");
        if (pending.Count + paired.Count == 0)
        {
            yield return "No device was let in, and none waits.";
        }

        foreach (var request in pending)
        {
            yield return $"waits    {Name(request)}  {Text(request, "role")}  {Scopes(request)}  from {Text(request, "remoteIp") ?? "?"}";
            yield return $"         chela devices approve {Text(request, "requestId")}";
        }

        foreach (var device in paired)
        {
            var state = device.TryGetProperty("connected", out var connected) && connected.ValueKind == JsonValueKind.True ? "here" : "away";
            yield return $"{state,-8} {Name(device)}  {Roles(device)}  {Scopes(device)}  since {Day(device, "createdAtMs")}  {Text(device, "deviceId")}";
        }
    }

    /// <summary>What a person calls the device.</summary>
    public static string Name(JsonElement device) =>
        Text(device, "label") ?? Text(device, "displayName") ?? $"{Text(device, "clientId") ?? "device"} {Short(Text(device, "deviceId"))}";

    private static string Short(string? id) => id is { Length: > ShownId } ? id[..ShownId] : id ?? "";

    private static string Roles(JsonElement device) => string.Join('+', Rows(device, "roles").Select(role => role.GetString()));

    private static string Scopes(JsonElement device)
    {
        var scopes = Rows(device, "scopes").Select(scope => scope.GetString()!.Replace("operator.", "", StringComparison.Ordinal)).ToList();
        return scopes.Count == 0 ? "no scopes" : string.Join(',', scopes);
    }

    private static string Day(JsonElement device, string member) =>
        device.TryGetProperty(member, out var value) && value.TryGetInt64(out var ms)
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : "?";

    private static string? Text(JsonElement row, string member) =>
        row.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<JsonElement> Rows(JsonElement list, string member) =>
        list.ValueKind == JsonValueKind.Object && list.TryGetProperty(member, out var rows) && rows.ValueKind == JsonValueKind.Array
            ? [.. rows.EnumerateArray()]
            : [];
}
