using System.Text.Json;
using Chela.Gateway.Hosting.Doctor;

namespace Chela.Cli.Doctor;

/// <summary>What the gateway that runs says of itself.</summary>
internal static class GatewayCheckup
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly DoctorCheck Answers = new("gateway.answers", "whether the running gateway answers within 5 seconds, and is well");
    private static readonly DoctorCheck Config = new("gateway.config", "whether it has the configuration file in force");

    public static IReadOnlyList<DoctorCheck> Checks => [Answers, Config];

    public static async Task<IEnumerable<DoctorFinding>> RunAsync(string? stateDirectory, CancellationToken ct)
    {
        var (told, failure, _) = await GatewaySession.TryAsync(new ConnectionSettings(null, null, stateDirectory, Json: false, Limit), AskAsync, ct);
        return told is null
            ? [Answers.Error($"the running gateway does not answer: {failure!.Message}", "chela logs; chela gateway restart")]
            : [.. OfHealth(told), OfConfig(told.Config)];
    }

    private static async Task<Told> AskAsync(GatewaySession session)
    {
        var health = session.Client.CallAsync("health");
        var config = session.Client.CallAsync("config.status");
        return new Told(session.Client.Hello.ServerVersion, await health, await config);
    }

    private static IEnumerable<DoctorFinding> OfHealth(Told told) =>
    [
        told.Health.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True
            ? Answers.Ok($"the running gateway answers; its version is {told.Version}")
            : Answers.Error("the running gateway answers that it is not well", "chela gateway status; chela logs"),
        .. UnwellPart.In(told.Health).Select(part => Answers.Warning($"the running gateway says: {part}", "chela gateway status; chela logs")),
    ];

    private static DoctorFinding OfConfig(JsonElement status)
    {
        if (status.TryGetProperty("valid", out var valid) && valid.ValueKind == JsonValueKind.False)
        {
            return Config.Warning("the running gateway keeps its former configuration, because no gateway starts with the file", "chela config validate");
        }

        string[] waiting = status.TryGetProperty("restartNeeded", out var needed) && needed.ValueKind == JsonValueKind.Array
            ? [.. needed.EnumerateArray().Select(setting => setting.ToString())]
            : [];
        return waiting.Length == 0
            ? Config.Ok("the configuration file is in force")
            : Config.Note($"not in force until a restart: {string.Join(", ", waiting)}", "chela gateway restart");
    }

    private sealed record Told(string? Version, JsonElement Health, JsonElement Config);
}
