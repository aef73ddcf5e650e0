using Chela.Gateway.Access;
using Chela.Gateway.Rpc;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections.Mcp;

/// <summary>
/// The gateway as a server of the Model Context Protocol, at <c>/mcp</c>: streamable HTTP without sessions, for clients that show a
/// credential. Who comes in, and how long a body may be, is decided as for every other call over HTTP.
/// </summary>
internal sealed class McpEndpoint(HttpAdmission admission, HttpBody bodies, Lazy<OfferedTools> tools)
{
    /// <summary>What its clients are called; the sender of their messages.</summary>
    public const string ClientId = "mcp";

    public async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post; // there are no sessions to end, and no events
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (await admission.AdmitAsync(context, ClientId, admitsAnonymous: false) is { } caller && await bodies.ReadAsync(context, caller) is { } body)
        {
            var connection = new NoConnection(ClientNetwork.Of(RequestSource.Of(context).Client));
            await new McpExchange(tools.Value, caller, connection).AnswerAsync(context, body);
        }
    }
}
