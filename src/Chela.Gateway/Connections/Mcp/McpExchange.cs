using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Gateway.Rpc;
using Chela.Gateway.Schema;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Chela.Gateway.Connections.Mcp;

/// <summary>
/// One message of a client and its answer. The protocol is the SDK's: greeting, choice of the version, ping, errors. Each message
/// has a server of its own, so nothing is kept from one to the next.
/// </summary>
internal sealed class McpExchange(OfferedTools tools, Caller caller, ICallerConnection connection)
{
    private const string Instructions =
        "This is a gateway to AI agents. chat_send talks with an agent and waits for its answer; the sessions_ tools and chat_history show what was said.";

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType = TypeOf<JsonRpcMessage>();
    private static readonly JsonTypeInfo<JsonRpcError> ErrorType = TypeOf<JsonRpcError>();

    /// <summary>What says a thing twice could be read in two ways.</summary>
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonShape.MaxDepth, AllowDuplicateProperties = false };

    private readonly List<CallContext> _calls = [];

    public Task AnswerAsync(HttpContext context, byte[] body)
    {
        if (Read(body) is not { } message)
        {
            return RefuseAsync(context, McpErrorCode.ParseError, "The body is not one JSON-RPC message. Batches are not taken.");
        }

        if (McpHeaders.VersionOf(context.Request.Headers) is { } version && !McpHeaders.Versions.Contains(version))
        {
            return RefuseAsync(context, McpErrorCode.UnsupportedProtocolVersion, $"The versions here are {string.Join(", ", McpHeaders.Versions)}.");
        }

        return McpHeaders.Mismatch(context.Request.Headers, message) is { } mismatch
            ? RefuseAsync(context, McpErrorCode.HeaderMismatch, mismatch)
            : RunAsync(context, message);
    }

    private static JsonRpcMessage? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Reading);
            return document.Deserialize(MessageType);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task RunAsync(HttpContext context, JsonRpcMessage message)
    {
        var ct = context.RequestAborted;
        message.Context = new JsonRpcMessageContext { ProtocolVersion = McpHeaders.VersionOf(context.Request.Headers) };
        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var server = McpServer.Create(transport, Options());
        var running = server.RunAsync(ct);
        context.Response.ContentType = "text/event-stream";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            if (!await transport.HandlePostRequestAsync(message, context.Response.Body, first => Begin(context.Response, first), ct))
            {
                context.Response.ContentType = null;
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        finally
        {
            _calls.ForEach(call => call.Answered()); // what was accepted goes on, even if its sender has hung up
        }

        await transport.DisposeAsync();
        await running;
    }

    /// <summary>Gives a response its status, by the first message in it; clients before the version of 2026 know none but success.</summary>
    private static ValueTask Begin(HttpResponse response, JsonRpcMessage? first)
    {
        response.StatusCode = (McpErrorCode?)(first as JsonRpcError)?.Error.Code switch
        {
            McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
            McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.MissingRequiredClientCapability => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };
        return default;
    }

    private McpServerOptions Options() => new()
    {
        ServerInfo = new Implementation { Name = "chela", Version = Hello.Version },
        ServerInstructions = Instructions,
        Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
        ScopeRequests = false,
        Handlers = new McpServerHandlers { ListToolsHandler = (_, _) => new(List()), CallToolHandler = CallAsync },
    };

    private ListToolsResult List() => new() { Tools = [.. tools.For(caller).Select(Described)] };

    private static Tool Described(OfferedTool tool) => new()
    {
        Name = tool.Name,
        Description = tool.Method.Summary,
        InputSchema = tool.Method.Parameters.Schema,
        Annotations = new ToolAnnotations { ReadOnlyHint = tool.IsReadOnly, DestructiveHint = false },
    };

    private async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken ct)
    {
        var name = request.Params?.Name ?? "";
        var tool = tools.Find(name) ?? throw new McpProtocolException($"Unknown tool: '{JsonText.Show(name)}'", McpErrorCode.InvalidParams);
        _calls.Add(new CallContext(tool.Method.Name, caller, connection));
        var answer = await tools.CallAsync(tool, request.Params?.Arguments ?? new Dictionary<string, JsonElement>(), _calls[^1], ct);
        return new CallToolResult { Content = [new TextContentBlock { Text = answer.Text }], IsError = answer.IsError };
    }

    private static Task RefuseAsync(HttpContext context, McpErrorCode code, string message)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/json; charset=utf-8";
        var error = new JsonRpcError { Error = new JsonRpcErrorDetail { Code = (int)code, Message = message } };
        return JsonSerializer.SerializeAsync(context.Response.Body, error, ErrorType, context.RequestAborted);
    }

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));
}
