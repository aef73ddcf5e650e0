using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>One more port, with the dialect that is spoken there.</summary>
internal sealed record ListenerConfig
{
    /// <summary>The names of dialects, as they stand in the file.</summary>
    public const string OpenClaw = "openclaw", JsonRpc = "json-rpc", Plain = "plain", Session = "session";

    [Range(0, 65_535), Description("The port; 0 takes any free one.")]
    public required int Port { get; init; }

    [Description("The address to listen on; unset means that of gateway.bind.")]
    public string? Bind { get; init; }

    [AllowedValues(OpenClaw, JsonRpc, Plain, Session), Description("What is spoken on every path but /rpc, /plain and /session; unset means openclaw.")]
    public string? Dialect { get; init; }
}
