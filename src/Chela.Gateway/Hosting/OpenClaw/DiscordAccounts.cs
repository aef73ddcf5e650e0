using System.Text.Json.Nodes;
using Chela.Gateway.Channels.Discord;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Accounts of Discord. There servers are listed with their channels below them; here each stands for itself, by its id, and names are none.</summary>
internal static class DiscordAccounts
{
    private const string Any = "*";

    public static void Change(JsonObject account, string key, MigrationLog log)
    {
        if (account["dm"] is JsonObject chats)
        {
            account.Remove("dm");
            var policy = chats["enabled"] is JsonValue enabled && enabled.ToString() == "false" ? "disabled" : chats["policy"]?.ToString();
            Take(account, "dmPolicy", account["dmPolicy"] ?? policy);
            Take(account, "allowFrom", account["allowFrom"] ?? chats["allowFrom"]);
        }

        if (account["allowFrom"] is JsonArray people)
        {
            account["allowFrom"] = Persons(people, $"{key}.allowFrom", log);
        }

        if (account["guilds"] is JsonObject guilds)
        {
            account.Remove("guilds");
            account["groups"] = Groups(guilds, $"{key}.guilds", log);
        }
    }

    private static JsonObject Groups(JsonObject guilds, string key, MigrationLog log)
    {
        var groups = new JsonObject();
        foreach (var (id, value) in guilds)
        {
            var guild = value as JsonObject ?? [];
            var channels = guild["channels"] as JsonObject ?? [];
            foreach (var (channel, rules) in channels.Where(channel => channel.Key != Any))
            {
                Add(groups, channel, rules as JsonObject ?? [], guild, $"{key}.{id}.channels.{channel}", log);
            }

            if (channels.Count == 0 || channels.ContainsKey(Any))
            {
                Add(groups, id, channels[Any] as JsonObject ?? [], guild, $"{key}.{id}", log); // else its other channels are closed
            }
        }

        return groups;
    }

    private static void Add(JsonObject groups, string id, JsonObject rules, JsonObject guild, string key, MigrationLog log)
    {
        var (users, roles) = (rules["users"] ?? guild["users"], rules["roles"] ?? guild["roles"]);
        if (id != Any && !DiscordId.Is(id))
        {
            log.Left(key, "servers and channels are known by their ids alone here");
            return;
        }

        if (users is null && roles is not null)
        {
            log.Left(key, "who may speak goes by persons here, and not by roles");
            return;
        }

        var group = new JsonObject { ["allowFrom"] = Persons(users as JsonArray ?? [Any], $"{key}.users", log) };
        Take(group, "requireMention", rules["requireMention"] ?? guild["requireMention"]);
        Take(group, "enabled", rules["enabled"] ?? rules["allow"]);
        groups[id] = group;
    }

    private static void Take(JsonObject settings, string name, JsonNode? value)
    {
        if (value is not null)
        {
            settings[name] = value.DeepClone();
        }
    }

    /// <summary>The ids of persons, as they are written here; who is named otherwise is nobody, for anybody can have a name.</summary>
    private static JsonArray Persons(JsonArray given, string key, MigrationLog log)
    {
        var persons = new JsonArray();
        foreach (var person in given.Select(one => one?.ToString() ?? ""))
        {
            var id = person.Replace("discord:", "", StringComparison.Ordinal).Replace("user:", "", StringComparison.Ordinal).Trim('<', '@', '!', '>');
            if (id == Any || DiscordId.Is(id))
            {
                persons.Add((JsonNode)id);
            }
            else
            {
                log.Left(key, "it names somebody otherwise than by an id");
            }
        }

        return persons;
    }
}
