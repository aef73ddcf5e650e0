using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Migrations;

/// <summary>Words that OpenClaw 2026.2 wrote and later versions have others for, and a setting that has gone since.</summary>
internal static class OldWords
{
    private static readonly Dictionary<string, string> QueueModes = new(StringComparer.Ordinal)
    {
        ["queue"] = "steer",
        ["steer-backlog"] = "steer",
        ["steer+backlog"] = "steer",
    };

    private static readonly Dictionary<string, string> PeerKinds = new(StringComparer.Ordinal) { ["dm"] = "direct" };

    public static void Apply(MigrationDraft draft)
    {
        draft.Drop("gateway.reload.debounceMs", "the file is read once it has been quiet for 300 ms");
        draft.Move("session.resetByType.dm", "session.resetByType.direct");
        if (draft.Object("messages.queue") is { } queue)
        {
            draft.Reword(queue, "mode", "messages.queue.mode", QueueModes);
            foreach (var channel in (queue["byChannel"] as JsonObject)?.Select(setting => setting.Key).ToList() ?? [])
            {
                draft.Reword(queue["byChannel"]!.AsObject(), channel, $"messages.queue.byChannel.{channel}", QueueModes);
            }
        }

        foreach (var (place, binding) in (draft.Settings["bindings"] as JsonArray ?? []).Index())
        {
            if (((binding as JsonObject)?["match"] as JsonObject)?["peer"] is JsonObject peer)
            {
                draft.Reword(peer, "kind", $"bindings[{place}].match.peer.kind", PeerKinds);
            }
        }
    }
}
