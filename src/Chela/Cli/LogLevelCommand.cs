using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Chela.Cli;

/// <summary><c>chela logs level</c>: from which level on the parts of the running gateway log.</summary>
internal static class LogLevelCommand
{
    private const string Configured = "default";

    public static Command Create()
    {
        var slice = new Argument<string?>("slice") { Description = "The part of the gateway; none shows all", Arity = ArgumentArity.ZeroOrOne };
        var level = new Argument<string?>("level")
        {
            Description = $"silent, fatal, error, warn, info, debug, trace, or {Configured} for what is configured",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var duration = DurationOption.Create("--for", "For how long; until the gateway ends without it");
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("level", "Show from which level on each part of the gateway logs, or change it for now")
        {
            Examples = ["chela logs level", "chela logs level agents debug --for 10m", $"chela logs level agents {Configured}"],
        };
        command.Add(slice);
        command.Add(level);
        command.Add(duration);
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(slice) is not null && result.GetValue(level) is null)
            {
                result.AddError("Give the level as well.");
            }
        });
        command.SetAction((parsed, ct) =>
        {
            var wish = parsed.GetValue(slice) is not { } name ? null : new LogLevelWish(name)
            {
                Level = parsed.GetValue(level) is var wanted and not Configured ? wanted : null,
                ForMs = (long?)parsed.GetValue(duration)?.TotalMilliseconds,
            };
            return GatewaySession.RunAsync(connection.Read(parsed), session => RunAsync(session, wish, ct), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(GatewaySession session, LogLevelWish? wish, CancellationToken ct)
    {
        var answer = wish is null
            ? await session.Client.CallAsync("logs.levels", ct: ct)
            : await session.Client.CallAsync("logs.level", JsonSerializer.SerializeToElement(wish, CliJson.Default.LogLevelWish), ct: ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        foreach (var row in answer.GetProperty("levels").EnumerateArray())
        {
            var until = row.TryGetProperty("untilMs", out var end)
                ? DateTimeOffset.FromUnixTimeMilliseconds(end.GetInt64()).ToString(" 'until' yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                : "";
            session.Terminal.WriteLine($"{row.GetProperty("slice").GetString(),-14}{row.GetProperty("level").GetString(),-8}{row.GetProperty("source").GetString()}{until}");
        }

        return ExitCode.Ok;
    }
}

/// <summary>Parameters of <c>logs.level</c>.</summary>
internal sealed record LogLevelWish(string Slice)
{
    public string? Level { get; init; }

    public long? ForMs { get; init; }
}
