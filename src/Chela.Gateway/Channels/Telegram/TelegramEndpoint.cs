using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>
/// <c>POST /channels/telegram/{account}</c>: Telegram posts an update, and hears 200 when its message is on disk; else it posts it again. Whoever does
/// not show the secret of the account learns nothing and changes nothing.
/// </summary>
internal sealed class TelegramEndpoint(TelegramIntake intake, PushGate gate, ConfigStore config)
{
    /// <summary>Where Telegram shows the secret (setWebhook, <c>secret_token</c>).</summary>
    public const string SecretHeader = "X-Telegram-Bot-Api-Secret-Token";

    public static string PathOf(string account) => $"/channels/telegram/{account}";

    public async Task AnswerAsync(HttpContext context)
    {
        var name = context.GetRouteValue("account") as string ?? "";
        if (config.Current.Config.Channels.Telegram.GetValueOrDefault(name) is not { WebhookUrl: not null, WebhookSecret: { } secret })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (await gate.AdmitsAsync(context, () => Task.FromResult<bool?>(Shows(context, secret))) && await PushBody.ReadJsonAsync(context) is { ValueKind: JsonValueKind.Object } update)
        {
            await gate.TakesAsync(context, new AccountName(TelegramChannel.ChannelName, name), (door, ct) => intake.TakeAsync(update, door, ct));
        }
    }

    private static bool Shows(HttpContext context, string secret)
    {
        var shown = Encoding.UTF8.GetBytes(context.Request.Headers[SecretHeader].ToString());
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(shown), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }
}
