using System.Globalization;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>The part of <c>sessions.patch</c> that says how messages of a session wait.</summary>
internal static class QueuePatch
{
    /// <summary>Reads what is to change.</summary>
    /// <exception cref="RpcException">A value cannot be.</exception>
    public static Func<SessionEntry, SessionEntry> Of(SessionsPatchParams parameters)
    {
        var mode = Word<QueueMode>(parameters.QueueMode, "queueMode");
        var drop = Word<QueueDrop>(parameters.QueueDrop, "queueDrop");
        var debounce = Number(parameters.QueueDebounceMs, "queueDebounceMs", 0, MessageQueueConfig.MaxDebounceMs);
        var cap = Number(parameters.QueueCap, "queueCap", 1, MessageQueueConfig.MaxCap);
        return entry => entry with
        {
            QueueMode = IsGiven(parameters.QueueMode) ? mode : entry.QueueMode,
            QueueDrop = IsGiven(parameters.QueueDrop) ? drop : entry.QueueDrop,
            QueueDebounceMs = IsGiven(parameters.QueueDebounceMs) ? debounce : entry.QueueDebounceMs,
            QueueCap = IsGiven(parameters.QueueCap) ? cap : entry.QueueCap,
        };
    }

    private static bool IsGiven(JsonElement value) => value.ValueKind != JsonValueKind.Undefined;

    private static string? Word<T>(JsonElement value, string name)
        where T : struct, Enum
    {
        var words = Enum.GetNames<T>().Select(word => word.ToLower(CultureInfo.InvariantCulture)).ToList();
        return value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String && words.Contains(value.GetString()!) ? value.GetString()
            : throw Refusal(name, $"must be null or one of {string.Join(", ", words)}");
    }

    private static int? Number(JsonElement value, string name, int least, int most) =>
        value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw Refusal(name, $"must be null or a whole number from {least} to {most}");

    private static RpcException Refusal(string name, string what) =>
        new(RpcErrorKind.InvalidParams, $"invalid sessions.patch params: at /{name}: {what}");
}
