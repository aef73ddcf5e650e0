using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Gateway.Channels.Webhook;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Channels;

/// <summary>Parameters of <c>channels.status</c>.</summary>
internal sealed record ChannelsStatusParams
{
    [Description("Accepted: a webhook has nothing to probe.")]
    public bool? Probe { get; init; }

    [Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }

    [Description("Only this channel."), MinLength(1)]
    public string? Channel { get; init; }
}

/// <summary>Result of <c>channels.status</c> (03-methods § 5.6).</summary>
internal sealed record ChannelsStatusResult(
    long Ts,
    IReadOnlyList<string> ChannelOrder,
    IReadOnlyDictionary<string, string> ChannelLabels,
    IReadOnlyDictionary<string, string> ChannelDetailLabels,
    IReadOnlyDictionary<string, string> ChannelSystemImages,
    IReadOnlyList<ChannelMeta> ChannelMeta,
    IReadOnlyDictionary<string, ChannelState> Channels,
    IReadOnlyDictionary<string, IReadOnlyList<ChannelAccount>> ChannelAccounts,
    IReadOnlyDictionary<string, string> ChannelDefaultAccountId,
    IReadOnlyList<JsonElement> StatusIssues);

/// <summary>A channel as people know it.</summary>
internal sealed record ChannelMeta(string Id, string Label, string DetailLabel);

/// <summary>Whether a channel is set up.</summary>
internal sealed record ChannelState(bool Configured, bool Running);

/// <summary>An account of a channel.</summary>
internal sealed record ChannelAccount(string AccountId, bool Enabled, bool Configured, bool Running, string WebhookPath);

/// <summary>The channels that are configured.</summary>
internal sealed class ChannelMethods(ConfigStore config, TimeProvider time) : IMethodModule
{
    private const string Label = "Webhook";

    public void Map(MethodMap methods)
    {
        var json = ChannelsJson.Default;
        methods.Add(MethodMap.Method("channels.status", OperatorScopes.Read, json.ChannelsStatusParams, json.ChannelsStatusResult, Status) with
        {
            Summary = "The state of the channels.",
        });
    }

    private ValueTask<ChannelsStatusResult> Status(ChannelsStatusParams parameters, CallContext context, CancellationToken ct)
    {
        string[] accounts = [.. config.Current.Config.Channels.Webhook.Keys.Order(StringComparer.Ordinal)];
        string[] names = accounts.Length > 0 && parameters.Channel is null or WebhookChannel.ChannelName
            ? [WebhookChannel.ChannelName] : [];
        return new(new ChannelsStatusResult(
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            names,
            Each(names, Label),
            Each(names, Label),
            Each(names, "link"),
            [.. names.Select(name => new ChannelMeta(name, Label, Label))],
            Each(names, new ChannelState(Configured: true, Running: true)),
            Each<IReadOnlyList<ChannelAccount>>(names, [.. accounts.Select(account => new ChannelAccount(account, true, true, true, $"/webhook/{account}"))]),
            Each(names, accounts.FirstOrDefault() ?? ""),
            []));
    }

    private static Dictionary<string, T> Each<T>(string[] names, T value) => names.ToDictionary(name => name, _ => value);
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelsStatusParams))]
[JsonSerializable(typeof(ChannelsStatusResult))]
[JsonSerializable(typeof(OutboxListParams))]
[JsonSerializable(typeof(OutboxListResult))]
[JsonSerializable(typeof(OutboxItemParams))]
[JsonSerializable(typeof(OutboxItemResult))]
internal sealed partial class ChannelsJson : JsonSerializerContext;
