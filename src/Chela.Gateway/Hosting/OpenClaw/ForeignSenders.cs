using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>People whom an OpenClaw installation has let in by a code.</summary>
/// <param name="Channel">Where they write.</param>
/// <param name="Account">The account that they write to; null for all of the channel.</param>
/// <param name="Ids">Who they are there.</param>
internal sealed record ForeignSenders(string Channel, string? Account, IReadOnlyList<string> Ids)
{
    private const string Ending = "-allowFrom.json";
    private const int MostBytes = 4 * 1024 * 1024, MostIdChars = 200;

    /// <summary>Where a person has the same id as there. To WhatsApp it comes by another way, and by another id.</summary>
    private static readonly string[] Channels = ["telegram", "discord", "feishu", "slack"];

    /// <summary>What a report calls them.</summary>
    public string Subject => $"people let in to {Channel}{(Account is null ? "" : $"/{Account}")}";

    /// <summary>Those of the files in which the line of 2026.2 keeps them (08-channels § 2.2); later ones have a database.</summary>
    /// <param name="folder">The state directory of OpenClaw.</param>
    public static IEnumerable<ForeignSenders> In(string folder, MigrationLog log)
    {
        var credentials = Path.Combine(folder, "credentials");
        var files = Directory.Exists(credentials) ? Directory.GetFiles(credentials, "*" + Ending).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        foreach (var file in files)
        {
            var name = Path.GetFileName(file)[..^Ending.Length].Split('-', 2);
            var channel = name[0];
            if (!Channels.Contains(channel))
            {
                log.Left($"people let in to {channel}", "they have other ids here; they get a code when they write");
            }
            else if (IdsIn(file) is { } ids)
            {
                yield return new ForeignSenders(channel, name.ElementAtOrDefault(1), ids);
            }
            else
            {
                log.Left(file, "it is not of a form that is known");
            }
        }
    }

    /// <summary>Lets them in to the accounts that there are here.</summary>
    /// <param name="config">The channels of this gateway.</param>
    /// <param name="book">Who was let in here.</param>
    public async Task TakeAsync(ChannelsConfig config, SenderBook book, MigrationLog log)
    {
        var accounts = config.Accounts().Where(account => account.Channel == Channel && (Account ?? account.Name) == account.Name).Select(account => account.Name).ToArray();
        var added = 0;
        foreach (var account in accounts)
        {
            added += await book.AdoptAsync(Channel, account, Ids, "openclaw");
        }

        if (accounts.Length == 0)
        {
            log.Left(Subject, "there is no such account here");
        }
        else if (added == 0)
        {
            log.Present(Subject);
        }
        else
        {
            log.Taken(Subject, $"people: {added}; accounts: {string.Join(", ", accounts)}");
        }
    }

    private static List<string>? IdsIn(string file)
    {
        try
        {
            var list = new FileInfo(file).Length <= MostBytes ? (JsonNode.Parse(File.ReadAllText(file)) as JsonObject)?["allowFrom"] as JsonArray : null;
            return list?.Select(id => id?.ToString() ?? "").Where(id => id.Length is > 0 and <= MostIdChars && id != "*").Distinct().ToList();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
