using System.Text.Unicode;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>Reads the body of a call, bounded like a frame.</summary>
internal sealed class HttpBody(ConfigStore config, ConnectionTable connections)
{
    /// <summary>
    /// The body, which is UTF-8; null when it was refused, and answered. Whoever shows no token sends it through the same narrow
    /// gate as sockets without a login.
    /// </summary>
    public async Task<byte[]?> ReadAsync(HttpContext context, Caller caller)
    {
        var limits = config.Current.Config.Gateway.Limits;
        if (caller.IsAuthenticated)
        {
            return await TakeAsync(context, limits.MaxPayload);
        }

        var address = RequestSource.Of(context).Client;
        if (!connections.TryEnter(address, limits))
        {
            await HttpProblem.Busy.WriteAsync(context);
            return null;
        }

        try
        {
            return await TakeAsync(context, limits.MaxPayloadBeforeAuth);
        }
        finally
        {
            connections.Gate.Leave(address);
        }
    }

    private static async Task<byte[]?> TakeAsync(HttpContext context, long limit)
    {
        using var body = new MemoryStream();
        try
        {
            if (context.Request.ContentLength > limit || !await CopyAsync(context, body, limit))
            {
                await HttpProblem.TooLarge.WriteAsync(context);
                return null;
            }
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode; // a body too long, too slow or cut off
            return null;
        }

        if (Utf8.IsValid(body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            return body.ToArray();
        }

        await HttpProblem.NotText.WriteAsync(context);
        return null;
    }

    /// <summary>False when there is more than may be.</summary>
    private static async Task<bool> CopyAsync(HttpContext context, MemoryStream body, long limit)
    {
        var part = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            if (body.Length + read > limit)
            {
                return false;
            }

            body.Write(part, 0, read);
        }

        return true;
    }
}
