using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Accounts of Slack. There rooms are channels, which have users; and how private messages are treated may stand in a section of its own.</summary>
internal static class SlackAccounts
{
    public static void Change(JsonObject account)
    {
        if (account["dm"] is JsonObject dm)
        {
            Move(dm, "enabled", account, "dmPolicy", enabled => enabled?.GetValueKind() == JsonValueKind.False ? DmPolicies.Disabled : null);
            Move(dm, "policy", account, "dmPolicy");
            Move(dm, "allowFrom", account, "allowFrom");
            account.Remove("dm");
        }

        Move(account, "channels", account, "groups");
        foreach (var room in (account["groups"] as JsonObject ?? []).Select(room => room.Value).OfType<JsonObject>())
        {
            Move(room, "allow", room, "enabled");
            Move(room, "users", room, "allowFrom");
        }
    }

    /// <summary>Gives a setting another name, where nothing has that name already.</summary>
    private static void Move(JsonObject from, string name, JsonObject to, string otherwise, Func<JsonNode?, JsonNode?>? change = null)
    {
        if (from.Remove(name, out var value) && !to.ContainsKey(otherwise) && (change is null ? value : change(value)) is { } kept)
        {
            to[otherwise] = kept;
        }
    }
}
