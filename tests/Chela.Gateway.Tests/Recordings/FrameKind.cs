using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>
/// A frame's name among all of its connection: <c>answer r1 health</c>, <c>chat delta</c>, <c>agent lifecycle start</c>, or the name of the
/// event. The same rules as in <c>derive.mjs</c>.
/// </summary>
internal static class FrameKind
{
    /// <summary>What comes by the clock, or because of others, and has no place in the order.</summary>
    private static readonly HashSet<string> Timed = ["tick", "health", "presence", "device.pair.resolved", "heartbeat"];

    /// <param name="frame">A frame of the gateway.</param>
    /// <param name="methods">The methods that were called, by the id of the request.</param>
    public static string Of(JsonElement frame, IReadOnlyDictionary<string, string> methods)
    {
        if (frame.Text("type") == "res")
        {
            var id = frame.Text("id")!;
            return methods.TryGetValue(id, out var method) ? $"answer {id} {method}" : $"answer {id}";
        }

        string?[] parts =
        [
            frame.Text("event"),
            frame.Text("payload/state") ?? frame.Text("payload/stream"),
            frame.Text("payload/phase") ?? frame.Text("payload/data/phase"),
        ];
        return string.Join(' ', parts.OfType<string>());
    }

    /// <summary>Whether the place of the kind among the others says something.</summary>
    public static bool HasPlace(string kind) => !Timed.Contains(kind);
}
