using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Export;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>A session of an OpenClaw installation.</summary>
internal sealed record ForeignSession(SessionKey Key, string File);

/// <summary>Finds the sessions of an OpenClaw installation and takes over their transcripts, as far as these are files.</summary>
internal static class ForeignSessions
{
    private const long MostBytesOfList = 64L * 1024 * 1024;

    /// <summary>The sessions whose transcripts are there.</summary>
    /// <param name="folder">The state directory of OpenClaw.</param>
    public static IReadOnlyList<ForeignSession> In(string folder, MigrationLog log)
    {
        var agents = Path.Combine(folder, "agents");
        var found = new List<ForeignSession>();
        foreach (var agent in Directory.Exists(agents) ? Directory.GetDirectories(agents).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var list = Path.Combine(agent, "sessions", "sessions.json");
            var database = Path.Combine(agent, "agent", "openclaw-agent.sqlite");
            if (File.Exists(list))
            {
                found.AddRange(InList(list, log));
            }
            else if (File.Exists(database))
            {
                log.Left(database, "sessions in a database are not read; export them there with /export-session, and import them with sessions.import");
            }
        }

        return found;
    }

    /// <summary>Takes a session over, unless there is one of its key.</summary>
    public static async Task TakeAsync(ForeignSession session, SessionTable table, SessionImports imports, MigrationLog log, CancellationToken ct)
    {
        var subject = $"session {session.Key}";
        if (table.Find(session.Key) is not null)
        {
            log.Present(subject);
            return;
        }

        try
        {
            string? id = null;
            SessionsImportResult? result = null;
            var lines = System.IO.File.ReadLines(session.File).Where(line => line.Length > 0);
            foreach (var part in lines.Chunk(SessionImports.MaxLinesOfCall))
            {
                result = await imports.AddAsync(session.Key, new SessionsImportParams(session.Key.Value, part) { ImportId = id }, ct);
                id = result.ImportId;
            }

            if (result is null)
            {
                log.Left(subject, "its transcript is empty");
                return;
            }

            result = await imports.AddAsync(session.Key, new SessionsImportParams(session.Key.Value, []) { ImportId = id, Done = true }, ct);
            log.Taken(subject, $"messages: {result.Imported}; other lines, left out: {result.Skipped}");
        }
        catch (Exception e) when (e is RpcException or IOException or UnauthorizedAccessException)
        {
            log.Left(subject, e.Message);
        }
    }

    private static IEnumerable<ForeignSession> InList(string list, MigrationLog log)
    {
        if (Parse(list) is not { } entries)
        {
            log.Left(list, "it is not of a form that is known");
            yield break;
        }

        foreach (var (key, entry) in entries)
        {
            var file = FileOf(entry as JsonObject, Path.GetDirectoryName(list)!); // the path of a file has a folder
            if (!key.StartsWith("agent:", StringComparison.Ordinal) || !SessionKey.TryParse(key, out var session, out var problem))
            {
                log.Left($"session {key}", "its key means nothing here");
            }
            else if (file is null || !File.Exists(file))
            {
                log.Left($"session {key}", "its transcript is not there");
            }
            else
            {
                yield return new ForeignSession(session, file);
            }
        }
    }

    /// <summary>Always a file of that folder, whatever the list says.</summary>
    private static string? FileOf(JsonObject? entry, string folder)
    {
        var name = Path.GetFileName(entry?["sessionFile"]?.ToString() ?? $"{entry?["sessionId"]}.jsonl");
        return name.EndsWith(".jsonl", StringComparison.Ordinal) && name.Length > ".jsonl".Length ? Path.Combine(folder, name) : null;
    }

    private static JsonObject? Parse(string list)
    {
        try
        {
            return new FileInfo(list).Length <= MostBytesOfList ? JsonNode.Parse(File.ReadAllText(list)) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
