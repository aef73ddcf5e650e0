using System.Net.Mime;
using System.Text.Json;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// <c>POST /channels/feishu/{account}</c>: Feishu posts an event, and hears 200 when its message is on disk; else it posts it again. Whoever does not
/// show both secrets of the account learns nothing and changes nothing.
/// </summary>
internal sealed class FeishuEndpoint(FeishuIntake intake, PushGate gate, ConfigStore config, TimeProvider time)
{
    private const string Question = "url_verification";

    private const int MaxChallengeChars = 1_000;

    public static string PathOf(string account) => $"/channels/feishu/{account}";

    public async Task AnswerAsync(HttpContext context)
    {
        var name = context.GetRouteValue("account") as string ?? "";
        var account = config.Current.Config.Channels.Feishu.GetValueOrDefault(name);
        if (account is not { EncryptKey: { } key, VerificationToken: { } token } || !account.IsPosted() || !account.Runs())
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (PushBody.IsJson(context) && await OpenAsync(context, key, token) is var (read, json))
        {
            await (read.Type == Question ? AnswerAsync(context, read.Challenge ?? "") : TakeAsync(context, name, json));
        }
    }

    /// <summary>The event, once both secrets were shown; null when the request was answered instead.</summary>
    private async Task<(FeishuEvent Event, byte[] Json)?> OpenAsync(HttpContext context, string key, string token)
    {
        (FeishuEvent, byte[])? opened = null;
        var isAdmitted = await gate.AdmitsAsync(context, async () =>
        {
            if (await PushBody.ReadAsync(context) is not { } body)
            {
                return null;
            }

            opened = Opened(context.Request.Headers, key, token, body);
            return opened is not null;
        });
        return isAdmitted ? opened : null;
    }

    /// <summary>Events are signed; the question whether somebody is there, which changes nothing, may come without a signature.</summary>
    private (FeishuEvent Event, byte[] Json)? Opened(IHeaderDictionary headers, string key, string token, byte[] body)
    {
        var isSigned = FeishuSeal.IsSigned(key, headers, body, time.GetUtcNow());
        if (!isSigned && headers.ContainsKey(FeishuSeal.SignatureHeader))
        {
            return null;
        }

        return FeishuSeal.Open(key, body) is { } opened && (isSigned || opened.Event.Type == Question) && FeishuSeal.IsSame(token, opened.Event.Header?.Token ?? opened.Event.Token)
            ? opened
            : null;
    }

    private static async Task AnswerAsync(HttpContext context, string challenge)
    {
        if (challenge.Length > MaxChallengeChars)
        {
            PushBody.Refuse(context, StatusCodes.Status400BadRequest);
            return;
        }

        await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new FeishuChallenge(challenge), FeishuJson.Default.FeishuChallenge));
    }

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private async Task TakeAsync(HttpContext context, string name, byte[] json)
    {
        if (await gate.TakesAsync(context, new AccountName(FeishuChannel.ChannelName, name), (door, ct) => intake.TakeAsync(json, door, ct)))
        {
            await WriteAsync(context, "{}"u8.ToArray()); // buttons want to hear it
        }
    }
}
