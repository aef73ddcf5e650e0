using Chela.Gateway.Config;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Hosting;

/// <summary>Which settings of servers of tools are kept out of the log.</summary>
internal static class McpSecrets
{
    /// <summary>All headers, with and without their scheme, and the variables that are secret by their name or long enough to be.</summary>
    public static IEnumerable<string> Of(McpConfig mcp) => mcp.Servers.Values.SelectMany(server =>
        Values(server.Headers).SelectMany(header => new[] { header.Value, header.Value[(header.Value.LastIndexOf(' ') + 1)..] })
            .Concat(Values(server.Env).Where(variable => SecretNames.IsSecret(variable.Key) || variable.Value.Length >= SecretRule.MinLength)
                .Select(variable => variable.Value)));

    private static IReadOnlyDictionary<string, string> Values(IReadOnlyDictionary<string, string>? settings) => settings ?? new Dictionary<string, string>();
}
