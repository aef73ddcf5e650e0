using Chela.Contracts.Errors;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>The origin check of the OpenClaw handshake: whoever sends an origin, and clients that are web pages by their name.</summary>
internal sealed class BrowserOrigins(ConfigStore config)
{
    /// <summary>What is said to somebody who takes the name of the browser extension and is none.</summary>
    public const string NoExtension =
        "openclaw-browser-copilot connects in mode ui, with the caps run-tool-bindings and session-scoped-events, from a chrome-extension:// origin";

    /// <exception cref="RpcException">The page may not speak with the gateway.</exception>
    public void Check(ConnectParams connect, LoginRequest request)
    {
        if (connect.Client.Id == "openclaw-browser-copilot" && !IsExtension(connect, request.Origin))
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, NoExtension);
        }

        var isPage = request.Origin is not null || connect.Client.Id is "openclaw-control-ui" or "webchat-ui";
        if (isPage && OriginCheck.Refusal(request.Origin, request.Source, config.Current.Config.Gateway.ControlUi) is { } reason)
        {
            throw Admission.Refusal(
                RpcErrorKind.InvalidRequest, OriginCheck.Message, new RefusalDetails("CONTROL_UI_ORIGIN_NOT_ALLOWED") { Reason = reason });
        }
    }

    private static bool IsExtension(ConnectParams connect, string? origin) =>
        connect.Client.Mode == "ui"
        && (connect.Caps ?? []).Intersect(["run-tool-bindings", "session-scoped-events"]).Count() == 2
        && origin?.StartsWith("chrome-extension://", StringComparison.OrdinalIgnoreCase) == true;
}
