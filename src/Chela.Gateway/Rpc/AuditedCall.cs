using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Rpc;

/// <summary>A call as the audit shows it: the method, what it was about, and how it ended.</summary>
internal static class AuditedCall
{
    private const int MaxChars = 256;

    /// <summary>The parameters that name what a call is about. What else was given may be long, or secret.</summary>
    private static readonly string[] Names =
    [
        "key", "sessionKey", "agentId", "deviceId", "nodeId", "requestId", "id", "name", "role", "decision", "slice", "level",
    ];

    /// <summary>Reads what a call is about; its parameters are gone once it has begun to wait.</summary>
    public static IReadOnlyDictionary<string, string>? FactsOf(ReadOnlySpan<byte> parameters)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(parameters);
            while (!parameters.IsEmpty && reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.GetString() is { } name && Names.Contains(name))
                {
                    reader.Read();
                    Add(facts, name, ref reader);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The call is refused for it, with what was read until there.
        }

        return facts.Count > 0 ? facts : null;
    }

    public static AuditEntry Entry(RpcMethod method, IReadOnlyDictionary<string, string>? facts, RpcError? error) => new(method.Name)
    {
        Outcome = error?.Kind switch
        {
            null => AuditEntry.Done,
            RpcErrorKind.Forbidden or RpcErrorKind.Unauthenticated or RpcErrorKind.TooMany => AuditEntry.Refused,
            _ => AuditEntry.Failed,
        },
        Facts = facts,
    };

    private static void Add(Dictionary<string, string> facts, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text)
        {
            facts[name] = text.Length <= MaxChars ? text : text[..MaxChars];
        }
    }
}
