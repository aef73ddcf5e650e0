using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Chela.Cli;

/// <summary><c>chela audit</c>: who did what.</summary>
internal static class AuditCommand
{
    private const int UsualLimit = 100;
    private const int MostEntries = 500;

    public static Command Create()
    {
        var since = DurationOption.Create("--since", "Only what was done within so long a time");
        var actor = new Option<string?>("--actor") { Description = "Only what this person, device, client or agent did" };
        var action = new Option<string?>("--action") { Description = "Only this action, or those of this area", HelpName = "NAME" };
        var limit = new Option<int>("--limit") { Description = $"The most entries (default {UsualLimit})", DefaultValueFactory = _ => UsualLimit, HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostEntries)
            {
                result.AddError($"--limit takes a number from 1 to {MostEntries}.");
            }
        });
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("audit", "Show who did what: changes, approvals, tools, refused logins")
        {
            Examples = ["chela audit --since 1h", "chela audit --action device --actor cli", "chela audit --action config.changed --json"],
        };
        command.Add(since);
        command.Add(actor);
        command.Add(action);
        command.Add(limit);
        connection.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var query = new AuditWanted(parsed.GetValue(limit))
            {
                After = parsed.GetValue(since) is { } length ? (TimeProvider.System.GetUtcNow() - length).ToUnixTimeMilliseconds() : null,
                Actor = parsed.GetValue(actor),
                Action = parsed.GetValue(action),
            };
            return GatewaySession.RunAsync(connection.Read(parsed), session => ShowAsync(session, query, ct), ct);
        });
        return command;
    }

    private static async Task<int> ShowAsync(GatewaySession session, AuditWanted query, CancellationToken ct)
    {
        var answer = await session.Client.CallAsync("audit.entries", JsonSerializer.SerializeToElement(query, CliJson.Default.AuditWanted), ct: ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        foreach (var entry in answer.GetProperty("entries").EnumerateArray().Reverse()) // as in a log, the latest last
        {
            session.Terminal.WriteLine(LineOf(entry));
        }

        if (answer.TryGetProperty("damaged", out _))
        {
            session.Terminal.Say("A file of the audit is damaged; there may have been more.");
        }

        return ExitCode.Ok;
    }

    private static string LineOf(JsonElement entry)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(entry.GetProperty("atMs").GetInt64());
        var who = Text("user") ?? (Text("agent") is { } agent ? $"agent {agent}" : "the gateway");
        var facts = entry.TryGetProperty("facts", out var known) ? known.EnumerateObject().Select(fact => $" {fact.Name}={fact.Value}") : [];
        return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss}Z {entry.GetProperty("outcome"),-9} {entry.GetProperty("action")} by {who}{string.Concat(facts)}");

        string? Text(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}

/// <summary>Parameters of <c>audit.entries</c>.</summary>
internal sealed record AuditWanted(int Limit)
{
    public long? After { get; init; }

    public string? Actor { get; init; }

    public string? Action { get; init; }
}
