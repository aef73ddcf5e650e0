using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Tools.Messages;

/// <summary>Arguments of <c>session.send</c>.</summary>
internal sealed record SessionSendArguments(
    [property: Description("The key of the session, for example main."), StringLength(512, MinimumLength = 1)] string Session,
    [property: Description("The text."), StringLength(SendLimits.LongestText, MinimumLength = 1)] string Text);

/// <summary>Arguments of <c>message.send</c>.</summary>
internal sealed record MessageSendArguments
{
    [Description("The channel, for example telegram. Without channel, account and chat it goes to whoever wrote to you."), StringLength(64, MinimumLength = 1)]
    public string? Channel { get; init; }

    [Description("The account of the channel, by its name in the configuration."), StringLength(64, MinimumLength = 1)]
    public string? Account { get; init; }

    [Description("The conversation, as the channel names it."), StringLength(256, MinimumLength = 1)]
    public string? Chat { get; init; }

    [Description("The text; may be left out where there are files."), StringLength(SendLimits.LongestText, MinimumLength = 1)]
    public string? Text { get; init; }

    [Description("Files of your workspace to send with it, from the workspace's root: pictures/cat.png"), MaxLength(SendLimits.MostFiles)]
    public IReadOnlyList<string>? Files { get; init; }
}

/// <summary>Bounds and names of what tools send.</summary>
internal static class SendLimits
{
    public const int LongestText = 100_000;

    public const int MostFiles = 10;

    /// <summary>A name for what a call sends: the same when the same call is made again, and another for another text, also where models number their calls anew.</summary>
    public static string IdOf(string kind, ToolContext context, params ReadOnlySpan<string> said)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', said))).AsSpan(0, 8));
        return string.Create(CultureInfo.InvariantCulture, $"{kind}:{context.RunId}:{context.CallId}:{digest}");
    }
}

/// <summary>JSON types of the tools that send. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionSendArguments))]
[JsonSerializable(typeof(MessageSendArguments))]
internal sealed partial class SendJson : JsonSerializerContext;
