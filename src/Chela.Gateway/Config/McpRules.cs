using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>What servers of tools must be.</summary>
internal static class McpRules
{
    private const string Servers = "mcp.servers";

    /// <summary>A tool's name holds that of its server, and has to have room for more.</summary>
    private const int LongestName = 32;

    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(McpConfig mcp) =>
        mcp.Servers.SelectMany(server => NameRule.Fits(server.Key, LongestName)
            ? Problems($"{Servers}.{server.Key}", server.Value)
            : [(Servers, $"has a server whose name is not {NameRule.Words(LongestName)}: '{JsonText.Show(server.Key)}'")]);

    private static IEnumerable<(string Path, string Message)> Problems(string path, McpServerConfig server)
    {
        if (server.Command is null == server.Url is null)
        {
            yield return (path, "must have a command or a url, and not both");
            yield break;
        }

        if (server.Url is { } url && AddressRule.Refusal(url) is { } wrong)
        {
            yield return ($"{path}.url", wrong);
        }

        if (server.Url is not null && (server.Args ?? server.Env as object) is not null)
        {
            yield return (path, "has args or env, which only a server with a command has");
        }

        if (server.Command is not null && server.Headers is not null)
        {
            yield return ($"{path}.headers", "are only for a server with a url");
        }

        foreach (var problem in HeaderRule.Problems($"{path}.headers", server.Headers).Concat(Variables($"{path}.env", server.Env)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<(string Path, string Message)> Variables(string path, IReadOnlyDictionary<string, string>? variables) =>
        (variables ?? new Dictionary<string, string>())
            .Where(variable => variable.Key.Length == 0 || variable.Key.Contains('=', StringComparison.Ordinal) || (variable.Key + variable.Value).Contains('\0', StringComparison.Ordinal))
            .Select(variable => (path, $"has a variable that no program can get: '{JsonText.Show(variable.Key)}'"));
}
