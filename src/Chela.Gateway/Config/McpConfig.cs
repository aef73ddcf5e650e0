using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Servers of the Model Context Protocol whose tools agents may use.</summary>
internal sealed record McpConfig
{
    [MaxLength(50), Description("The servers, by name. Their tools are called server.tool.")]
    public IReadOnlyDictionary<string, McpServerConfig> Servers { get; init; } = new Dictionary<string, McpServerConfig>();
}

/// <summary>One server: a program that is started, or an address.</summary>
internal sealed record McpServerConfig
{
    [MinLength(1), MaxLength(1_024), Description("The program that is the server; it is spoken with over its standard input and output.")]
    public string? Command { get; init; }

    [MaxLength(100), Description("Its arguments.")]
    public IReadOnlyList<string>? Args { get; init; }

    [MaxLength(100), Description("Variables of its environment. Of the gateway's own it gets those that programs need to start, PATH and HOME among them.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [MaxLength(2_048), Description("Address of a server that speaks streamable HTTP.")]
    public string? Url { get; init; }

    [MaxLength(50), Description("Headers that every request to it carries.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [MaxLength(200), Description("The only tools of the server that are taken, by the server's names for them; unset takes all.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [Range(1, 3_600), Description("How long the server may take for its greeting and for each call, in seconds. Unset means 60.")]
    public int? TimeoutSeconds { get; init; }

    [Description("False leaves the server alone.")]
    public bool? Enabled { get; init; }

    /// <summary>How long the server may take in force.</summary>
    public TimeSpan TimeLimit() => TimeSpan.FromSeconds(TimeoutSeconds ?? 60);

    /// <summary>Never shows arguments, variables and headers, which may hold a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(McpServerConfig)} {{ {nameof(Command)} = {Command}, {nameof(Enabled)} = {Enabled} }}";
}
