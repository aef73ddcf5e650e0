using System.Globalization;
using System.Text.Json;
using Chela.Client;

namespace Chela.Cli;

/// <summary>The lines of <c>gateway status</c>, from the hello and the answers. A fact not told has no line.</summary>
internal static class StatusFacts
{
    public static IReadOnlyList<(string Name, string Value)> Of(GatewayHello hello, string url, GatewayReport report)
    {
        (string Name, string? Value)[] lines =
        [
            ("gateway", url),
            ("version", hello.ServerVersion),
            ("health", Text(Find(report.Health, "state")) ?? (Find(report.Health, "ok") is { ValueKind: JsonValueKind.True } ? "ok" : "not ok")),
            .. UnwellPart.In(report.Health).Select(part => ("", (string?)part.ToString())),
            ("uptime", Uptime(Find(hello.Snapshot, "uptimeMs"))),
            ("sessions", Text(Find(report.Status, "sessions", "count") ?? Find(report.Health, "sessions", "count"))),
            ("model", Text(Find(report.Status, "sessions", "defaults", "model"))),
        ];
        return [.. lines.Where(line => line.Value is not null).Select(line => (line.Name, line.Value!))];
    }

    private static string? Uptime(JsonElement? milliseconds)
    {
        if (milliseconds is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt64(out var value))
        {
            return null;
        }

        var time = TimeSpan.FromMilliseconds(value);
        return time switch
        {
            { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time.Hours} h"),
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        };
    }

    private static string? Text(JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String or JsonValueKind.Number } value => value.ToString(),
        _ => null,
    };

    private static JsonElement? Find(JsonElement? element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element is not { ValueKind: JsonValueKind.Object } parent || !parent.TryGetProperty(name, out var child))
            {
                return null;
            }

            element = child;
        }

        return element;
    }
}
