using Chela.Contracts.Access;

namespace Chela.Gateway.Access.Nodes;

/// <summary>What it takes to approve a node's commands (02-handshake § 9).</summary>
internal static class NodeCommands
{
    private static readonly string[] Powerful = ["system.run", "system.run.prepare", "system.which", "fs.listDir"];

    /// <summary>The scopes needed besides <c>operator.pairing</c>.</summary>
    public static IEnumerable<OperatorScopes> ScopesToApprove(IReadOnlyList<string> commands)
    {
        if (commands.Any(IsPowerful))
        {
            yield return OperatorScopes.Admin;
        }
        else if (commands.Count > 0)
        {
            yield return OperatorScopes.Write;
        }
    }

    /// <summary>True for commands that run programs or read files of the node's owner.</summary>
    private static bool IsPowerful(string command) =>
        Powerful.Contains(command)
        || command.StartsWith("browser.proxy", StringComparison.Ordinal)
        || command.StartsWith("system.execApprovals.", StringComparison.Ordinal);
}
