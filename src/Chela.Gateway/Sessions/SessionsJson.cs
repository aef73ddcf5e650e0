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
[JsonSerializable(typeof(AgentParams))]
[JsonSerializable(typeof(AgentAnswer))]
[JsonSerializable(typeof(AgentWaitParams))]
[JsonSerializable(typeof(AgentWaitResult))]
[JsonSerializable(typeof(AgentRunParams))]
[JsonSerializable(typeof(AgentRunResult))]
[JsonSerializable(typeof(SessionsDescribeParams))]
[JsonSerializable(typeof(SessionsDescribeResult))]
[JsonSerializable(typeof(SessionsGetParams))]
[JsonSerializable(typeof(SessionsGetResult))]
[JsonSerializable(typeof(SessionsCreateParams))]
[JsonSerializable(typeof(SessionsCreateResult))]
[JsonSerializable(typeof(SessionsSendParams))]
[JsonSerializable(typeof(SessionsSendResult))]
[JsonSerializable(typeof(SessionsPreviewParams))]
[JsonSerializable(typeof(SessionsPreviewResult))]
[JsonSerializable(typeof(SessionsResolveParams))]
[JsonSerializable(typeof(SessionsResolveResult))]
[JsonSerializable(typeof(SessionsPatchParams))]
[JsonSerializable(typeof(SessionChanged))]
[JsonSerializable(typeof(SessionsResetParams))]
[JsonSerializable(typeof(SessionsAbortParams))]
[JsonSerializable(typeof(SessionsAbortResult))]
[JsonSerializable(typeof(ChatInjectParams))]
[JsonSerializable(typeof(ChatInjectResult))]
[JsonSerializable(typeof(SubscribeResult))]
[JsonSerializable(typeof(UnsubscribeParams))]
[JsonSerializable(typeof(MessagesSubscribeParams))]
[JsonSerializable(typeof(MessagesSubscribeResult))]
[JsonSerializable(typeof(SessionInfo))]
[JsonSerializable(typeof(TranscriptMessage))]
internal sealed partial class SessionsJson : JsonSerializerContext;
