using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>One app of Feishu, or of Lark, as it is called outside of China.</summary>
internal sealed record FeishuAccountConfig : ChannelAccountConfig
{
    private const string Feishu = "feishu", Lark = "lark";

    [Description("The app, by its id in the developer console.")]
    public required string AppId { get; init; }

    [Description("The secret of the app.")]
    public required string AppSecret { get; init; }

    [AllowedValues(FeishuConnectionModes.WebSocket, FeishuConnectionModes.Webhook)]
    [Description("How what people write comes: by a connection that the gateway makes, or posted to its public address. Unset means websocket.")]
    public string? ConnectionMode { get; init; }

    [Description("With webhook: the Encrypt Key of the app's event subscription, which what is posted is encrypted and signed with.")]
    public string? EncryptKey { get; init; }

    [Description("With webhook: the Verification Token of the app's event subscription.")]
    public string? VerificationToken { get; init; }

    [Description("feishu, lark, or the address of another one that speaks as they do. Unset means feishu.")]
    public string? Domain { get; init; }

    /// <summary>True where what people write is posted to the gateway.</summary>
    public bool IsPosted() => ConnectionMode == FeishuConnectionModes.Webhook;

    /// <summary>The address that calls go to.</summary>
    public string Root() => Domain switch
    {
        null or Feishu => "https://open.feishu.cn",
        Lark => "https://open.larksuite.com",
        var other => other.TrimEnd('/'),
    };

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(FeishuAccountConfig)} {{ {nameof(AppId)} = {AppId} }}";
}

/// <summary>How what people write comes.</summary>
internal static class FeishuConnectionModes
{
    public const string WebSocket = "websocket", Webhook = "webhook";
}

/// <summary>What the accounts of Feishu must be.</summary>
internal static class FeishuRule
{
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (name, account) in channels.Feishu)
        {
            var key = $"channels.feishu.{name}";
            if (string.IsNullOrWhiteSpace(account.AppId) || SecretRule.IsPlaceholder(account.AppId))
            {
                yield return ($"{key}.appId", "is no id of an app; the developer console shows it, for example cli_a1b2c3d4e5f6a7b8");
            }

            if (SecretRule.Refusal(account.AppSecret) is { } weak)
            {
                yield return ($"{key}.appSecret", weak);
            }

            if (SecretRefusal(account, account.EncryptKey) is { } noKey)
            {
                yield return ($"{key}.encryptKey", noKey);
            }

            if (SecretRefusal(account, account.VerificationToken) is { } noToken)
            {
                yield return ($"{key}.verificationToken", noToken);
            }

            if (AddressRule.Refusal(account.Root()) is not null)
            {
                yield return ($"{key}.domain", "must be feishu, lark, or an address that begins with http:// or https://");
            }
        }
    }

    private static string? SecretRefusal(FeishuAccountConfig account, string? secret) => secret switch
    {
        null => account.IsPosted() ? "is missing: without it anybody could post in the name of Feishu" : null,
        _ => SecretRule.Refusal(secret),
    };
}
