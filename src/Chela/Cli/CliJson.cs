using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Cli.Channels;
using Chela.Cli.Chat;
using Chela.Cli.Config;
using Chela.Cli.Devices;
using Chela.Cli.Doctor;
using Chela.Cli.Migrate;
using Chela.Cli.Secrets;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Hosting.Security;

namespace Chela.Cli;

/// <summary>How the command line reads and writes JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunningGateway))]
[JsonSerializable(typeof(ChannelsQuestion))]
[JsonSerializable(typeof(ChatSendParams))]
[JsonSerializable(typeof(ChatAbortParams))]
[JsonSerializable(typeof(ChatAck))]
[JsonSerializable(typeof(ChatEvent))]
[JsonSerializable(typeof(ChatOutcome))]
[JsonSerializable(typeof(GatewayReport))]
[JsonSerializable(typeof(FailureReport))]
[JsonSerializable(typeof(SetupCodeRequest))]
[JsonSerializable(typeof(SetupCodeAnswer))]
[JsonSerializable(typeof(UsageQuery))]
[JsonSerializable(typeof(RestartRequest))]
[JsonSerializable(typeof(LogsQuery))]
[JsonSerializable(typeof(LogsTail))]
[JsonSerializable(typeof(LogLevelWish))]
[JsonSerializable(typeof(AuditWanted))]
[JsonSerializable(typeof(EncryptedSecret))]
[JsonSerializable(typeof(SecretRotation))]
[JsonSerializable(typeof(IReadOnlyList<PlainSecret>))]
[JsonSerializable(typeof(ConfigVerdict))]
[JsonSerializable(typeof(ConfigFileReport))]
[JsonSerializable(typeof(ConfigFileChange))]
[JsonSerializable(typeof(MigrationReport))]
[JsonSerializable(typeof(OpenClawReport))]
[JsonSerializable(typeof(IReadOnlyList<ConfigDifference>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(SecurityReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CliJson : JsonSerializerContext;

/// <summary>What <c>gateway status --json</c> prints.</summary>
internal sealed record GatewayReport(JsonElement Health, JsonElement Status);

/// <summary>What a failed command prints with <c>--json</c>.</summary>
internal sealed record FailureReport(string Error, string? Code);
