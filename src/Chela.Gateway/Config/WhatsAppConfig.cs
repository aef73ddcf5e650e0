using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>One number of the WhatsApp Business Platform.</summary>
internal sealed record WhatsAppAccountConfig : ChannelAccountConfig
{
    /// <summary>The Cloud API where nothing else is said.</summary>
    public const string UsualApiRoot = "https://graph.facebook.com/v23.0";

    [Description("What lets the gateway speak in the name of the number: a token of a system user with whatsapp_business_messaging.")]
    public required string AccessToken { get; init; }

    [RegularExpression("^[0-9]{1,32}$"), Description("The number, by its id in the Cloud API.")]
    public required string PhoneNumberId { get; init; }

    [Description("The secret of the app, by which Meta signs what it posts.")]
    public required string AppSecret { get; init; }

    [Description("What you give Meta with the address of the webhook, and Meta shows once.")]
    public required string VerifyToken { get; init; }

    [Description("The Cloud API with its version; unset means https://graph.facebook.com/v23.0.")]
    public string? ApiRoot { get; init; }

    [RegularExpression("^[a-z0-9_]{1,512}$"), Description("An approved template with one variable, for answers more than a day after the person wrote. Unset means that those are given up.")]
    public string? Template { get; init; }

    [RegularExpression("^[A-Za-z_]{2,10}$"), Description("The language of the template; unset means en.")]
    public string? TemplateLanguage { get; init; }

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(WhatsAppAccountConfig)} {{ {nameof(PhoneNumberId)} = {PhoneNumberId} }}";
}

/// <summary>What the accounts of WhatsApp must be.</summary>
internal static class WhatsAppRule
{
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (name, account) in channels.WhatsApp)
        {
            var key = $"channels.whatsapp.{name}";
            foreach (var (secret, value) in new[] { ("accessToken", account.AccessToken), ("appSecret", account.AppSecret), ("verifyToken", account.VerifyToken) })
            {
                if (SecretRule.Refusal(value) is { } weak)
                {
                    yield return ($"{key}.{secret}", weak);
                }
            }

            if (account.ApiRoot is { } root && AddressRule.Refusal(root) is { } wrong)
            {
                yield return ($"{key}.apiRoot", wrong);
            }
        }
    }
}
