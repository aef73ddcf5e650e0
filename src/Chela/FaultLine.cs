using Chela.Gateway.Hosting;

namespace Chela;

/// <summary>What people are shown of a fault of the program.</summary>
internal static class FaultLine
{
    /// <summary>The fault in one line, without secrets: the message of an exception may quote what the program was given.</summary>
    /// <param name="e">The fault.</param>
    /// <param name="secret">A secret that the environment does not hold.</param>
    public static string Of(Exception e, string? secret = null)
    {
        var variables = GatewayRun.ReadEnvironment();
        return $"chela: internal fault: {e.GetType().Name}: {GatewayConsole.WithoutSecrets(e.Message, secret is null ? variables : variables.Append(new("--token", secret)))}";
    }
}
