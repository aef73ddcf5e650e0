using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Sessions;

/// <summary>JSON types of this slice. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TranscriptEntry))]
[JsonSerializable(typeof(SessionEntry))]
[JsonSerializable(typeof(ChatSendParams))]
[JsonSerializable(typeof(ChatSendResult))]
[JsonSerializable(typeof(ChatAbortParams))]
[JsonSerializable(typeof(ChatAbortResult))]
[JsonSerializable(typeof(ChatHistoryParams))]
[JsonSerializable(typeof(ChatHistoryResult))]
[JsonSerializable(typeof(SessionsListParams))]
[JsonSerializable(typeof(SessionsListResult))]
[JsonSerializable(typeof(SessionsDeleteParams))]
[JsonSerializable(typeof(SessionsDeleteResult))]
[JsonSerializable(typeof(AgentRunParams))]
[JsonSerializable(typeof(AgentRunResult))]
internal sealed partial class SessionsJson : JsonSerializerContext;
